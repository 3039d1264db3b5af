import type { Queryable } from './db.ts'

/** The database's time, which every lease and schedule is measured by. */
export async function readClock(database: Queryable): Promise<Date> {
  const { rows } = await database.query<{ at: Date }>({
    name: 'clock',
    text: 'select payonce_clock() as at',
  })
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
