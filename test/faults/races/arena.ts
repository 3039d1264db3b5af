/**
 * Where the races are run: two API processes of their own that can be stopped and killed, a third API and two workers
 * beside the test, one database, and the sandbox, which knows what was really done.
 */
import { setTimeout } from 'node:timers/promises'
import { digestOf, prefixOf } from '../../../src/access/key-text.ts'
import { LEASE_SECONDS } from '../../../src/payments/attempt-lease.ts'
import { eventually } from '../../support/eventually.ts'
import { apiKey, type Body, openPaymentsApp, type PaymentsApp } from '../../support/payments-app.ts'
import { freePort, type PayonceProcess, startPayonce } from '../../support/process.ts'
import type { Random } from '../../support/random.ts'
import { groupByDeed } from './check-history.ts'
import { type Call, type History, openHistory, type Tenant } from './history.ts'

export type Arena = AsyncDisposable & {
  app: PaymentsApp
  random: Random
  history: History
  tenant: Tenant
  /** who shares this installation, and nothing else */
  other: Tenant
  /** addresses of everything that answers */
  urls(): string[]
  anyUrl(): string
  /** the process that is stopped or killed */
  victim(): { url: string; process: PayonceProcess }
  /** after the victim was killed: another one takes its place */
  replaceVictim(): Promise<void>
  /** every claim of before has run out, although only a moment went by */
  endLeases(): Promise<void>
  /** asks again for everything that nobody has decided, until somebody has */
  decide(calls: readonly Call[]): Promise<void>
  /** a name that was not used before */
  fresh(what: string): string
}

const otherKey = 'payonce_test_races0123456789abcdefghijklmn'
const DECIDED_MS_MAX = 60_000
const AGAIN_MS = 100
const PROVIDER_TIMEOUT_MS = 1_000

export async function openArena(random: Random, databaseUrl: string): Promise<Arena> {
  await using resources = new AsyncDisposableStack()
  const app = resources.use(
    await openPaymentsApp({
      databaseUrl,
      environment: { PROVIDER_TIMEOUT_MS: String(PROVIDER_TIMEOUT_MS) },
    }),
  )
  await app.start('worker')
  const [account] = await app.sql('select merchant_id from provider_accounts where is_environment')
  const tenant = { merchantId: account.merchant_id, apiKey }
  const other = await addTenant(app)
  const started: PayonceProcess[] = []
  resources.defer(async () => {
    for (const one of started) one.kill('SIGKILL')
    await Promise.all(started.map(({ exited }) => exited))
  })
  const start = async () => {
    const port = await freePort()
    const environment = { ...app.environment, PORT: String(port) }
    const process = startPayonce({ args: ['--role', 'api'], environment })
    started.push(process)
    await process.ready
    return { process, url: `http://127.0.0.1:${port}` }
  }
  const [steady, first] = await Promise.all([start(), start()])
  let victim = first
  const history = openHistory()
  let offsetSeconds = 0
  let count = 0
  const urls = () => [steady.url, victim.url, app.url]
  const arena: Arena = {
    ...{ app, random, history, tenant, other, urls },
    anyUrl: () => urls()[random.below(urls().length)] ?? app.url,
    victim: () => victim,
    replaceVictim: async () => {
      await victim.process.exited
      victim = await start()
    },
    endLeases: async () => {
      offsetSeconds += LEASE_SECONDS + 1
      await app.sql('update clock_offset set seconds = $1 returning seconds', [offsetSeconds])
    },
    decide: async (calls) => {
      const open = (all: readonly Call[]) =>
        [...groupByDeed(all)].filter(([, answers]) => !answers.some(isDecided))
      const until = performance.now() + DECIDED_MS_MAX
      for (let waiting = open(calls).map(([deed]) => deed); waiting.length > 0; ) {
        const again = await Promise.all(waiting.map((deed) => history.ask(deed, arena.anyUrl())))
        waiting = open(again).map(([deed]) => deed)
        // The check afterwards tells which they are.
        if (performance.now() > until) return
        if (waiting.length > 0) await setTimeout(AGAIN_MS)
      }
      await settle(app)
    },
    fresh: (what) => {
      count += 1
      return `${what}-${count}`
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
  const owned = resources.move()
  return arena
}

const isDecided = ({ outcome }: Call) => outcome === 'ok' || outcome === 'fail'

/** Nothing is under way any more, neither with a worker nor with the provider's webhooks. */
async function settle(app: PaymentsApp): Promise<void> {
  await eventually(
    () =>
      app.sql(`select (select count(*) from inbox_queue)::int as queued, (select count(*) from payment_attempts
        where status in ('created', 'sent', 'unknown'))::int as open`),
    ([row]: Body[]) => row.queued + row.open === 0,
    DECIDED_MS_MAX,
  )
}

async function addTenant(app: PaymentsApp): Promise<Tenant> {
  const merchantId = 'mer_00000000000000000000000009'
  const seeds = [
    `insert into merchants values ($1, 'Other', payonce_clock()) returning id`,
    `insert into provider_accounts (id, merchant_id, provider, livemode, created_at)
      values ('pac_00000000000000000000000009', $1, 'stripe', false, payonce_clock()) returning id`,
  ]
  for (const text of seeds) await app.sql(text, [merchantId])
  await app.sql(
    `insert into api_keys (id, merchant_id, livemode, prefix, secret_digest, created_at)
      values ('key_00000000000000000000000009', $1, false, $2, $3, payonce_clock()) returning id`,
    [merchantId, prefixOf(otherKey), digestOf(otherKey)],
  )
  return { merchantId, apiKey: otherKey }
}
