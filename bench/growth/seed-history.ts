/**
 * Seeds a history of payments straight into the tables, stretch by stretch, on two connections that write different
 * tables. Foreign keys are not enforced meanwhile and checked as a whole at the end, and the one random index is built
 * last: a row costs microseconds, not a commit.
 */
import pg from 'pg'
import * as rows from './history-rows.ts'

export type History = {
  paymentCount: number
  /** newest payments whose balance deltas nobody has merged yet */
  unmergedCount: number
  /** also inbox, history and outbox; otherwise only what revenue is read from */
  isWhole: boolean
}

const STRETCH_COUNT_MAX = 50_000
const HISTORY_SECONDS = 2 * 365 * 24 * 60 * 60
const PROGRESS_MS = 15_000
const settings = `set synchronous_commit = off; set jit = off; set work_mem = '256MB';
  set maintenance_work_mem = '1GB'`

/** The owner must be there already (`seedOwner`). */
export async function seedHistory(url: string, history: History): Promise<void> {
  const clients = [await open(url), await open(url)] as const
  const [first, second] = clients
  try {
    const restore = await setConstraintsAside(first)
    await first.query(rows.createLedgerAccounts)
    const { state, journal, surroundings } = rows
    const tell = openProgress(history.paymentCount, clients.length)
    const firstSecond = Math.floor(Date.now() / 1000) - HISTORY_SECONDS
    await Promise.all([
      seedStretches(first, { ...history, firstSecond, tell }, (isMerged) => [
        ...state,
        ...(history.isWhole ? journal : []),
        isMerged ? rows.foldDeltas : rows.appendDeltas,
      ]),
      seedStretches(second, { ...history, firstSecond, tell }, () =>
        history.isWhole ? surroundings : journal,
      ),
    ])
    for (const statement of rows.finishDeltas) await first.query(statement)
    console.error('  checking foreign keys, building the random index, analyzing')
    await restore()
    await first.query('vacuum analyze')
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(settings)
  await client.query(rows.beginHistory)
  return client
}

async function seedStretches(
  client: pg.Client,
  history: History & { firstSecond: number; tell: (done: number) => void },
  statementsOf: (isMerged: boolean) => readonly string[],
): Promise<void> {
  const { paymentCount, unmergedCount, firstSecond } = history
  const mergedCount = Math.max(0, paymentCount - unmergedCount)
  for (let from = 0; from < paymentCount; ) {
    const isMerged = from < mergedCount
    const end = Math.min(from + STRETCH_COUNT_MAX, isMerged ? mergedCount : paymentCount)
    await client.query('begin')
    await client.query(rows.makeRows, [from, end, firstSecond, HISTORY_SECONDS / paymentCount])
    for (const statement of statementsOf(isMerged)) await client.query(statement)
    await client.query('commit')
    history.tell(end - from)
    from = end
  }
}

/** Tells now and then how far it is; each payment is seeded in as many parts as there are connections. */
function openProgress(paymentCount: number, partCount: number): (done: number) => void {
  const startedAt = performance.now()
  let toldAt = startedAt
  let partsDone = 0
  return (done) => {
    partsDone += done
    const share = partsDone / (paymentCount * partCount)
    const at = performance.now()
    if (at - toldAt < PROGRESS_MS && share < 1) return
    toldAt = at
    const seconds = (at - startedAt) / 1000
    const left = (seconds / share) * (1 - share)
    console.error(
      `  ${(share * 100).toFixed(0)} % of ${paymentCount} payments in ${seconds.toFixed(0)} s, about ${left.toFixed(0)} s to go`,
    )
  }
}

/** @returns puts them back, which checks every row */
async function setConstraintsAside(client: pg.Client): Promise<() => Promise<void>> {
  const foreignKeys = await client.query<{ table: string; name: string }>(
    `select conrelid::regclass::text as table, conname as name from pg_constraint
      where contype = 'f' and connamespace = 'public'::regnamespace`,
  )
  for (const { table, name } of foreignKeys.rows) {
    await client.query(`alter table ${table} alter constraint ${name} not enforced`)
  }
  await client.query(
    'alter table inbox_events drop constraint inbox_events_once_per_provider_account',
  )
  return async () => {
    for (const { table, name } of foreignKeys.rows) {
      await client.query(`alter table ${table} alter constraint ${name} enforced`)
    }
    await client.query(
      'alter table inbox_events add constraint inbox_events_once_per_provider_account unique (dedupe_digest)',
    )
  }
}
