import { parseArgs } from 'node:util'
import { readConfig } from '../config/config.ts'
import { readEnvironment } from '../config/env.ts'

const ANSWER_MS_MAX = 5_000

/**
 * `payonce health [--role worker]`: asks the instance of this environment whether it can do its work, as the health
 * check of a container does.
 * @returns 0 when it is ready, 1 when it is not or does not answer, 2 when there is nothing to ask
 */
export async function health(argv: string[]): Promise<number> {
  const { values } = parseArgs({ args: argv, options: { role: { type: 'string' } } })
  const { host, port, healthPort } = readConfig(readEnvironment())
  const asked = values.role === 'worker' ? healthPort : port
  if (asked === undefined) {
    console.error('A worker answers for its health on HEALTH_PORT, which is not set.')
    return 2
  }
  const url = `http://${reachable(host)}:${asked}/ready`
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS_MAX) })
    console.log(await answer.text())
    return answer.ok ? 0 : 1
  } catch (error) {
    console.error(`${url} does not answer: ${reasonOf(error)}`)
    return 1
  }
}

/** A process that listens on every address is asked on its own machine's. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

/** `fetch` says only that it failed; the cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
