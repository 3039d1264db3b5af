import { readConfig } from '../config/config.ts'
import { defineCommand } from './frame/command.ts'
import { type ExitCode, exitCodes } from './frame/exit-codes.ts'
import { textOf } from './frame/explain-failure.ts'
import { UsageError } from './frame/failures.ts'
import type { Output } from './frame/output.ts'

const ANSWER_MS_MAX = 5_000

export const healthCommand = defineCommand({
  name: 'health',
  summary: 'Ask the running instance whether it can do its work, as the check of a container does.',
  description:
    'It prints what /ready answers. Whether the instance says no or does not answer, the exit code is 1, as the checks of containers expect.',
  options: {
    role: {
      summary: 'which process is asked; a worker answers on HEALTH_PORT',
      value: '<role>',
      choices: ['all', 'api', 'worker'],
      fallback: 'all',
    },
    host: { summary: 'address it listens on', value: '<address>', setting: 'HOST' },
    port: { summary: 'port of the API', value: '<port>', setting: 'PORT' },
    'health-port': { summary: 'port of a worker', value: '<port>', setting: 'HEALTH_PORT' },
  },
  examples: [
    ['payonce health', 'the API of this environment'],
    ['payonce health --role worker', 'the worker of this environment'],
  ],
  run: async ({ values, environment, output, signal }) => {
    const { host, port, healthPort } = readConfig(environment)
    const asked = values.role === 'worker' ? healthPort : port
    if (asked === undefined) {
      throw new UsageError('A worker answers for its health on HEALTH_PORT, which is not set.')
    }
    const url = `http://${reachable(host)}:${asked}/ready`
    return ask(url, output, AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS_MAX)]))
  },
})

async function ask(url: string, output: Output, signal: AbortSignal): Promise<ExitCode> {
  try {
    const answer = await fetch(url, { signal })
    output.line(await answer.text())
    return answer.ok ? exitCodes.done : exitCodes.failed
  } catch (error) {
    // `fetch` says only that it failed; the cause says why.
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    const message = `${url} does not answer: ${textOf(cause)}`
    output.note(output.json ? JSON.stringify({ error: 'unreachable', message }) : message)
    return exitCodes.failed
  }
}

/** A process that listens on every address is asked on its own machine's. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
