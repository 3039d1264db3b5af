/**
 * P6, growth: intake (P1) and applying (P2) over a history of millions of rows, against the same on empty tables in the
 * same run. The history stays and grows by what each round adds, the empty tables are made anew for each.
 */
import pg from 'pg'
import { migrateUp } from '../../src/store/migrate.ts'
import { seedOwner } from '../apply/seed-owner.ts'
import { startLoad } from '../load/load.ts'
import { measureRounds } from '../measure/rounds.ts'
import { type Figure, figuresOf } from '../report/figures.ts'
import { openPrivatePostgres, runSql } from '../support/private-postgres.ts'
import { requireFreeDisk } from './free-disk.ts'
import { type Growth, type Place, prepareApply, prepareIntake } from './growth-variants.ts'
import { readReads, tellReads } from './rows-read.ts'
import { seedHistory } from './seed-history.ts'
import { printTableSizes } from './table-sizes.ts'

const BYTES_PER_ROW = 3_500
/** As a provider tells of a payment and then of its fee. */
const EVENTS_PER_PAYMENT = 2

type Size = { rowCount: number; unmergedCount: number; eventCount: number; roundCount: number }
const full: Size = { rowCount: 10_000_000, unmergedCount: 2_000, eventCount: 20_000, roundCount: 3 }
const quick: Size = { rowCount: 100_000, unmergedCount: 500, eventCount: 3_000, roundCount: 1 }

export async function measureP6(options: {
  isQuick: boolean
  rowCount?: number
}): Promise<Figure[]> {
  const size = options.isQuick ? quick : full
  const rowCount = options.rowCount ?? size.rowCount
  requireFreeDisk(rowCount * BYTES_PER_ROW)
  await using postgres = await openPrivatePostgres()
  await using load = startLoad()
  for (const name of ['fresh', 'grown']) {
    const url = await postgres.createDatabase(name)
    await migrateUp(url, { info: () => undefined })
    await seedOwner(url)
  }
  const paymentCount = Math.ceil(rowCount / EVENTS_PER_PAYMENT)
  console.error(`P6: seeding ${rowCount} events of ${paymentCount} payments`)
  const unmergedCount = Math.min(size.unmergedCount, paymentCount)
  await seedHistory(postgres.urlOf('grown'), { paymentCount, unmergedCount, isWhole: true })
  const client = new pg.Client({ connectionString: postgres.urlOf('grown') })
  await client.connect()
  try {
    await printTableSizes(client)
    const growth = { postgres, load, eventCount: size.eventCount, nextNumber: 0 }
    const rounds = { roundCount: size.roundCount, postgresPid: postgres.pid }
    const bench = { growth, rounds, client }
    const million = `${(rowCount / 1e6).toFixed(1)} million rows`
    return [
      ...(await measure(bench, `P6 intake, ${million}`, prepareIntake)),
      ...(await measureWithoutIndex(bench, `P6 intake, ${million}`)),
      ...(await measure(bench, `P6 apply, ${million}`, prepareApply)),
    ]
  } finally {
    await client.end()
  }
}

type Bench = {
  growth: Growth
  rounds: { roundCount: number; postgresPid: number }
  client: pg.Client
}

async function measure(
  { growth, rounds, client }: Bench,
  bench: string,
  prepare: typeof prepareIntake,
  grown = 'history',
): Promise<Figure[]> {
  console.error(`${bench}: ${growth.eventCount} events a run`)
  const variant = (name: string, place: Place) => ({ name, prepare: () => prepare(growth, place) })
  const before = await readReads(client)
  const runs = await measureRounds(
    [variant('empty tables', 'fresh'), variant(grown, 'grown')],
    rounds,
  )
  tellReads(before, await readReads(client), growth.eventCount * rounds.roundCount)
  return figuresOf(bench, runs, 'empty tables')
}

/** What the index that lists of events are read by costs the intake: the same without it. */
async function measureWithoutIndex(bench: Bench, name: string): Promise<Figure[]> {
  const url = bench.growth.postgres.urlOf('grown')
  await runSql(url, 'drop index inbox_events_by_type')
  const figures = await measure(bench, name, prepareIntake, 'history, no index by type')
  console.error('  building the index by type again')
  await runSql(
    url,
    'create index inbox_events_by_type on inbox_events (merchant_id, livemode, type, id)',
  )
  return figures
}
