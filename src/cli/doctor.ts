import { readFileSync } from 'node:fs'
import { probeRedis } from '../cache/probe-redis.ts'
import { readSettings } from '../config/config.ts'
import { revealRedisNode, showRedisNode } from '../config/redis.ts'
import { examine, type Patient } from '../doctor/examine.ts'
import type { Finding } from '../doctor/finding.ts'
import { loadModule } from '../handlers/load-module.ts'
import { type Call, defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { UsageError } from './frame/failures.ts'
import type { Output, Style } from './frame/output.ts'
import { printable } from './frame/printable.ts'
import { readCount } from './read-options.ts'
import { signingSecret, webhookAddress } from './running-instance.ts'
import { instanceOptions } from './shared-options.ts'
import { findDatabaseUrl, openDatabaseAt } from './with-database.ts'

const options = {
  url: {
    summary:
      'where the provider delivers to: signed bodies are sent through what stands in between',
    value: '<url>',
  },
  wait: { summary: 'how long a worker may take, 1 to 300', value: '<seconds>', fallback: '10' },
  ...instanceOptions,
} as const

/** Questions of people have a pool of their own, of this size at most. */
const READ_POOL_SIZE_MAX = 5

export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Look at the whole installation and say what is wrong and how it is mended.',
  description:
    'It looks at Node, the settings, the disk, the database, the schema, the clocks, the queue, the dead letters, Redis and the event handlers where there are any, and sends a signed event of its own the whole way from the intake to a worker. That event changes no money and stays visible as ignored, reason self_test. Exit code 1 when a check fails; a warning alone is 0.',
  options,
  examples: [
    ['payonce doctor', 'beside a running instance, with the environment it was started with'],
    ['payonce doctor --url https://shop.example/webhooks/stripe', 'and the way through a proxy'],
    ['payonce doctor --json | jq \'.findings[] | select(.status != "ok")\'', 'for a program'],
  ],
  run: async (call) => {
    const { output } = call
    const tell = (finding: Finding) => {
      if (!output.json) output.line(renderFinding(finding, output))
    }
    const findings = await examine(await describePatient(call), tell)
    const count = (status: Finding['status']) =>
      findings.filter((finding) => finding.status === status).length
    const isSound = count('fail') === 0
    if (output.json) output.document({ ok: isSound, findings })
    else {
      const told = `${count('ok')} ok, ${count('warn')} to look at, ${count('fail')} failed`
      output.line(`\n${output.style(['bold', isSound ? 'green' : 'red'], told)}`)
    }
    return isSound ? exitCodes.done : exitCodes.failed
  },
})

async function describePatient(call: Call<typeof options>): Promise<Patient> {
  const { config, settings } = readSettings(call.environment)
  const { handlersPath } = config
  const [node] = config.redis
  const pool = config.databasePoolSize + config.databaseMaxOverflow
  return {
    nodeVersion: process.version,
    nodeRange: readNodeRange(),
    problems: settings.problems,
    dataDir: config.database.kind === 'embedded' ? config.dataDir : undefined,
    poolSizes: [pool, Math.min(pool, READ_POOL_SIZE_MAX)],
    redis: node && {
      address: showRedisNode(node),
      probe: () => probeRedis(revealRedisNode(node)),
    },
    loadHandlers: handlersPath === undefined ? undefined : () => loadModule(handlersPath),
    openDatabase: async () => {
      const url = await findDatabaseUrl(call, config.database, { mayCreate: false })
      return { url, database: openDatabaseAt(call, url, 1) }
    },
    address: await webhookAddress(call, call.values),
    configuredSecrets: config.stripe.webhookSecrets.map((secret) => secret.reveal()),
    findMadeSecret: () => signingSecret(call),
    proxyAddress: proxyAddress(call.values.url),
    nowMs: Date.now,
    patienceMs: readCount('--wait', call.values.wait, { min: 1, max: 300 }) * 1_000,
  }
}

function proxyAddress(given: string | undefined): string | undefined {
  if (given === undefined) return undefined
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(
      `--url ${given}: must be an address such as https://shop.example/webhooks/stripe`,
    )
  }
  if (url.pathname === '/') url.pathname = '/webhooks/stripe'
  return url.href
}

function readNodeRange(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { engines: { node: string } }).engines.node
}

const styles: Record<Finding['status'], Style> = { ok: 'green', warn: 'yellow', fail: 'red' }
const NAME_WIDTH = 14

function renderFinding({ name, status, found, fix }: Finding, output: Output): string {
  const line = `${output.style(styles[status], status.padEnd(4))}  ${name.padEnd(NAME_WIDTH)}  ${printable(found)}`
  return fix === null ? line : `${line}\n${' '.repeat(6)}${'fix'.padStart(NAME_WIDTH)}  ${fix}`
}
