import type { Answer, Database, Queryable, Transaction } from './db.ts'

const statement = { name: 'clock', text: 'select payonce_clock() as at' }

/** The database's time, which every lease and schedule is measured by. */
export async function readClock(database: Queryable): Promise<Date> {
  return timeIn(await database.query<{ at: Date }>(statement))
}

/** A transaction with its time. */
export function transactionAt<T>(
  database: Database,
  work: (tx: Transaction, at: Date) => Promise<T>,
): Promise<T> {
  return database.transactionFrom<{ at: Date }, T>(statement, (tx, answer) =>
    work(tx, timeIn(answer)),
  )
}

function timeIn({ rows }: Answer<{ at: Date }>): Date {
  const at = rows[0]?.at
  if (at === undefined) throw new Error('the database told no time')
  return at
}

/** How far `payonce_clock()` is moved away from the server's own clock; only tests move it. */
export async function readClockOffset(database: Queryable): Promise<number> {
  const { rows } = await database.query<{ seconds: number }>({
    name: 'clock_offset',
    text: 'select seconds from clock_offset',
  })
  return rows[0]?.seconds ?? 0
}
