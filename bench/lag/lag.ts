/**
 * Lag: how long after its 200 an event is applied. First in an idle system, one event at a time; then for minutes with
 * signed webhooks coming in over HTTP at half the rate at which this machine, in this run, applies a backlog (P2).
 * With a rate of its own it is P9: intake and applying at once, and the backlog must not grow.
 */
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { migrateUp } from '../../src/store/migrate.ts'
import { prepareOurVariant } from '../apply/p2.ts'
import { type Load, startLoad } from '../load/load.ts'
import { measureRounds, measureRun } from '../measure/rounds.ts'
import { type Figure, figuresOf } from '../report/figures.ts'
import { eventSets } from '../support/event-sets.ts'
import { openPrivatePostgres, type PrivatePostgres } from '../support/private-postgres.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { drainBacklog, watchBacklog } from './backlog-watch.ts'
import { readLag } from './read-lag.ts'
import { type Servers, startServers } from './servers.ts'

const SECRET = 'whsec_bench0000000000000000000000000000'
const PATH = '/webhooks/stripe'
const WARM_UP_COUNT = 2_000
/** Where each part begins to number its events, so that no two share one. */
const firstNumbers = { warmUp: 0, idle: 1_000_000, load: 2_000_000 }
/** Between two single events, so that each one meets a system that rests. */
const REST_MS = 120

type Size = { seconds: number; idleCount: number; p2Count: number; roundCount: number }
const full: Size = { seconds: 300, idleCount: 200, p2Count: 20_000, roundCount: 3 }
const quick: Size = { seconds: 10, idleCount: 20, p2Count: 3_000, roundCount: 1 }

export type LagOptions = { isQuick: boolean; seconds?: number; perSecond?: number }

export async function measureLag(options: LagOptions): Promise<Figure[]> {
  const size = options.isQuick ? quick : full
  const seconds = options.seconds ?? size.seconds
  await using postgres = await openPrivatePostgres({ track_commit_timestamp: 'on' })
  const p2 = options.perSecond === undefined ? await measureApplyRate(postgres, size) : []
  const perSecond = options.perSecond ?? Math.round((p2[0]?.value ?? 0) / 2)

  const folder = createTemporaryFolder('lag')
  const databaseUrl = await postgres.createDatabase('lag')
  await migrateUp(databaseUrl, { info: () => undefined })
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  await using load = startLoad()
  const servers = await startServers({ databaseUrl, secret: SECRET, folder: folder.path })
  try {
    const bench = { postgres, load, servers, client }
    await load.offer(servers.api.port, WARM_UP_COUNT / 2, {
      ...{ firstNumber: firstNumbers.warmUp, count: WARM_UP_COUNT, secret: SECRET, path: PATH },
    })
    await drainBacklog(client)
    const idle = await measureIdle(bench, size.idleCount)
    const loaded = await measureLoaded(bench, { perSecond, count: perSecond * seconds })
    return [...p2, ...idle, ...loaded]
  } finally {
    await servers.close()
    await client.end()
    await folder.remove()
  }
}

type Bench = { postgres: PrivatePostgres; load: Load; servers: Servers; client: pg.Client }

async function measureApplyRate(postgres: PrivatePostgres, size: Size): Promise<Figure[]> {
  const set = eventSets.find(({ name }) => name === 'one each')
  if (set === undefined) throw new Error('the set of single events is gone')
  console.error(`Lag: P2 first, ${size.p2Count} events`)
  const ours = await prepareOurVariant(postgres, set, set.make(size.p2Count))
  const rounds = { roundCount: size.roundCount, postgresPid: postgres.pid }
  return figuresOf('P2 apply, one each', await measureRounds([ours], rounds), 'ours')
}

/** One event, its application, a rest, and the next. */
async function measureIdle({ load, servers, client }: Bench, count: number): Promise<Figure[]> {
  console.error(`Lag: ${count} single events in an idle system`)
  const firstNumber = firstNumbers.idle
  for (let index = 0; index < count; index++) {
    await load.prepare({ firstNumber: firstNumber + index, count: 1, secret: SECRET, path: PATH })
    await load.send(servers.api.port)
    await drainBacklog(client)
    await setTimeout(REST_MS)
  }
  const { p50Ms, p99Ms, maxMs } = await readLag(client, { firstNumber, count })
  const bench = `Lag, idle, ${count} single events`
  return [
    {
      bench,
      variant: 'applied after 200 (goal 50)',
      unit: 'ms',
      value: p50Ms,
      p50Ms,
      p99Ms,
      rounds: [p50Ms],
    },
    { bench, variant: 'applied after 200, slowest', unit: 'ms', value: maxMs, rounds: [maxMs] },
  ]
}

async function measureLoaded(
  bench: Bench,
  { perSecond, count }: { perSecond: number; count: number },
): Promise<Figure[]> {
  const { postgres, load, servers, client } = bench
  console.error(`Lag: ${perSecond}/s for ${Math.round(count / perSecond)} s`)
  const events = { firstNumber: firstNumbers.load, count }
  const watch = watchBacklog(client)
  const run = await measureRun(
    {
      nodePids: [servers.api.pid, servers.worker.pid],
      loadPid: load.pid,
      close: async () => undefined,
      run: () => load.offer(servers.api.port, perSecond, { ...events, secret: SECRET, path: PATH }),
    },
    postgres.pid,
  )
  const backlog = await watch.stop()
  await drainBacklog(client)
  const { p50Ms, p99Ms, maxMs } = await readLag(client, events)
  const name = `Lag at ${perSecond}/s for ${Math.round(run.seconds)} s`
  const [answered] = figuresOf(name, new Map([['answered 200', [run]]]), 'answered 200')
  const figure = (variant: string, unit: string, value: number): Figure => ({
    ...{ bench: name, variant, unit, value, rounds: [value] },
  })
  return [
    ...(answered === undefined ? [] : [answered]),
    { ...figure('applied after 200', 'ms', p50Ms), p50Ms, p99Ms },
    figure('applied after 200, p99 (goal 2,000)', 'ms', p99Ms),
    figure('applied after 200, slowest', 'ms', maxMs),
    figure('waiting, median', 'events', backlog.medianCount),
    figure('waiting, most', 'events', backlog.maxCount),
    figure('waiting, growth', 'events', backlog.growth),
  ]
}
