import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { openEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { openDatabase } from '../../src/store/db.ts'
import { eventually } from '../support/eventually.ts'
import { freePort, type PayonceProcess, startPayonce } from '../support/process.ts'
import { type Random, seededRandom, shuffled } from '../support/random.ts'
import { type History, makeHistory } from '../support/stripe-history.ts'
import { stripeSignature } from '../support/stripe-signature.ts'

const EVENT_COUNT = Number(process.env.KILL_STORM_EVENTS ?? 20_000)
const SEED = Number(process.env.KILL_STORM_SEED ?? 20_261_121)
const KILL_COUNT_MIN = 12
const POSTING_CONCURRENCY = 24
const SETTLED_WITHIN_MS = 30_000
const secret = 'whsec_kill_storm_0123456789abcdef'
const apiKey = 'payonce_test_killstorm0123456789abcdefghijkl'

function makeLoad(random: Random): {
  histories: History[]
  bodies: { id: string; body: string }[]
} {
  const histories: History[] = []
  let count = 0
  while (count < EVENT_COUNT / 1.1) {
    const history = makeHistory(random, histories.length)
    histories.push(history)
    count += history.events.length
  }
  const events = histories.flatMap((history) => history.events)
  const duplicates = events.filter(() => random.chance(0.1))
  const bodies = shuffled([...events, ...duplicates], random).map((event) => ({
    id: event.id,
    body: JSON.stringify(event),
  }))
  return { histories, bodies }
}

/** What finance must read, per currency, if every event counts exactly once. */
function truthOf(histories: History[]): Record<string, Record<string, bigint>> {
  const truth: Record<string, Record<string, bigint>> = {}
  for (const { truth: one } of histories) {
    const row = truth[one.currency] ?? { gross: 0n, refunds: 0n, disputes: 0n, fees: 0n }
    truth[one.currency] = row
    row.gross = (row.gross ?? 0n) + one.captured
    row.refunds = (row.refunds ?? 0n) + one.refunded
    row.disputes = (row.disputes ?? 0n) + one.disputed
    row.fees = (row.fees ?? 0n) + one.fees
  }
  return truth
}

test('whatever is killed, every acknowledged event is there once and revenue is exact to the cent', {
  timeout: 480_000,
}, async (t) => {
  const random = seededRandom(SEED)
  const { histories, bodies } = makeLoad(random)
  const folder = await mkdtemp(join(tmpdir(), 'payonce-kill-storm-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rm(folder, { recursive: true, force: true }))
  const postgres = cleanup.use(
    await openEmbeddedPostgres({
      dataDir: folder,
      log: { info: () => {}, warn: () => {} },
    }),
  )
  const ports = [await freePort(), await freePort()]
  const environment = {
    DATABASE_URL: postgres.url,
    PAYONCE_DATA_DIR: join(folder, 'app'),
    STRIPE_WEBHOOK_SECRET: secret,
    BOOTSTRAP_API_KEY: apiKey,
    LOG_LEVEL: 'error',
  }
  const start = (slot: number) =>
    slot < 2
      ? startPayonce({
          args: ['--role', 'api'],
          environment: { ...environment, PORT: String(ports[slot]) },
        })
      : startPayonce({ args: ['--role', 'worker'], environment })
  const processes: PayonceProcess[] = []
  cleanup.defer(async () => {
    for (const one of processes) one.kill('SIGTERM')
    for (const one of processes) await one.exited
  })
  for (const slot of [0, 1, 2, 3]) {
    processes[slot] = start(slot)
    await processes[slot]?.ready
  }
  const database = cleanup.use(
    openDatabase({ url: postgres.url, poolSize: 2, applicationName: 'kill-storm' }),
  )
  const kills = { api: 0, worker: 0, backend: 0 }
  let posting = true
  let ended = false
  cleanup.defer(() => {
    ended = true
  })
  let lastKillAt = 0

  const killBackend = async () => {
    const { rows } = await database.query<{ pid: number }>({
      name: 'storm_backends',
      text: `select pid from pg_stat_activity where application_name = 'payonce' and backend_type = 'client backend'`,
    })
    const victim = rows[random.below(Math.max(rows.length, 1))]
    if (victim === undefined) return
    process.kill(victim.pid, 'SIGKILL')
    kills.backend++
  }
  const killing = (async () => {
    while (!ended && (posting || kills.api + kills.worker + kills.backend < KILL_COUNT_MIN)) {
      await setTimeout(800 + random.below(1_500))
      lastKillAt = performance.now()
      const slot = random.below(5)
      if (slot === 4) {
        // The server may be replaying its log after the last kill; then there is nobody to kill.
        await killBackend().catch((error: Error) =>
          assert.match(
            error.message,
            /recovery|not yet accepting|terminat|ECONN|closed|starting|shutting down|timeout/,
          ),
        )
        continue
      }
      processes[slot]?.kill('SIGKILL')
      await processes[slot]?.exited
      kills[slot < 2 ? 'api' : 'worker']++
      processes[slot] = start(slot)
    }
  })()

  const acknowledged = new Map<string, number>()
  let next = 0
  const deliver = async (body: string, port: number | undefined): Promise<number | undefined> => {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, {
        method: 'POST',
        headers: { 'stripe-signature': stripeSignature(body, secret) },
        body,
        signal: AbortSignal.timeout(10_000),
      })
      await answer.text()
      return answer.status
    } catch {
      // The process was killed under the request: nobody acknowledged anything.
      return undefined
    }
  }
  const post = async () => {
    for (let item = bodies[next++]; item !== undefined; item = bodies[next++]) {
      // As a provider does: until somebody says 2xx.
      for (let attempt = 0; ; attempt++) {
        const status = await deliver(item.body, ports[(next + attempt) % 2])
        if (status === 200) break
        if (status !== undefined) assert.equal(status, 503, 'a refusal says: try again')
        await setTimeout(20 + random.below(80))
      }
      acknowledged.set(item.id, (acknowledged.get(item.id) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: POSTING_CONCURRENCY }, post))
  posting = false
  await killing
  assert.ok(
    kills.api > 0 && kills.worker > 0 && kills.backend > 0,
    `every kind was killed: ${JSON.stringify(kills)}`,
  )

  const left = await eventually(
    () =>
      database
        .query<{ waiting: number }>({
          name: 'storm_waiting',
          text: 'select count(*)::int as waiting from inbox_queue',
        })
        .catch(() => ({ rows: [{ waiting: -1 }], count: 0 })),
    ({ rows }) => rows[0]?.waiting === 0,
    SETTLED_WITHIN_MS - (performance.now() - lastKillAt),
  )
  assert.equal(left.rows[0]?.waiting, 0)
  const settledMs = Math.round(performance.now() - lastKillAt)
  const {
    rows: [counts],
  } = await database.query<Record<string, number>>({
    name: 'storm_counts',
    text: `select (select count(*) from inbox_events)::int as events, (select count(*) from inbox_outcomes)::int as outcomes,
      (select count(*) from dead_letters)::int as dead, (select count(*) from inbox_parked)::int as parked,
      (select count(*) from inbox_failures)::int as failures`,
  })
  const distinct = new Set(bodies.map((one) => one.id)).size
  assert.equal(acknowledged.size, distinct)
  assert.deepEqual(
    { ...counts, failures: 0 },
    { events: distinct, outcomes: distinct, dead: 0, parked: 0, failures: 0 },
  )

  await processes[0]?.ready
  const answer = await fetch(`http://127.0.0.1:${ports[0]}/revenue`, {
    headers: { authorization: `Bearer ${apiKey}` },
  })
  const revenue = (await answer.json()) as { items: Record<string, number | string>[] }
  const told = Object.fromEntries(
    revenue.items.map((item) => [
      item.currency,
      {
        gross: BigInt(item.gross_cents ?? 0),
        refunds: BigInt(item.refunds_cents ?? 0),
        disputes: BigInt(item.disputes_cents ?? 0),
        fees: BigInt(item.fees_cents ?? 0),
      },
    ]),
  )
  assert.deepEqual(told, truthOf(histories))

  t.diagnostic(
    `${bodies.length} deliveries, kills ${JSON.stringify(kills)}, settled ${settledMs} ms after the last, failures kept ${counts?.failures}`,
  )
})
