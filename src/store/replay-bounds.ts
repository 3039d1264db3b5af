/** Bounds on the transactions of replays, so that they give way to live work and end by themselves. */
import type { Database, Transaction } from './db.ts'
import { type InboxEventFilter, selectInboxEvents } from './inbox-selection.ts'
import type { Scope } from './list-page.ts'

/** How long this transaction waits for a lock, and how long one of its statements may take. */
export async function boundWaits(
  tx: Transaction,
  bounds: { lockMs: number; statementMs: number },
): Promise<void> {
  await tx.query({
    name: 'bound_waits',
    text: `select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true)`,
    values: [`${bounds.lockMs}ms`, `${bounds.statementMs}ms`],
  })
}

/** True for one transaction at a time, over all processes, until it ends. */
export async function tryDryRunTurn(tx: Transaction): Promise<boolean> {
  const { rows } = await tx.query<{ mine: boolean }>({
    name: 'replays_dry_run_turn',
    text: `select pg_try_advisory_xact_lock(hashtextextended('payonce dry run', 0)) as mine`,
  })
  return rows[0]?.mine ?? false
}

/** Whether a statement ended because a lock was not to be had in time, or because its time was over. */
export function isGivenUp(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === '55P03' || error.code === '57014')
  )
}

/** Whether a statement took longer than it may: it was not a lock that it waited for. */
export function isOutOfTime(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014'
}

const COUNT_MAX = 1_000_000
const COUNT_MS_MAX = 5_000

/** How many events the filter names; undefined when there are more, or counting takes longer, than is worth it. */
export async function countInboxEvents(
  database: Pick<Database, 'transaction'>,
  scope: Scope,
  filter: InboxEventFilter,
): Promise<number | undefined> {
  const stretch = { order: 'oldest_first', after: '', limit: COUNT_MAX + 1 } as const
  const selection = selectInboxEvents(scope, filter, stretch)
  try {
    return await database.transaction(async (tx) => {
      await boundWaits(tx, { lockMs: COUNT_MS_MAX, statementMs: COUNT_MS_MAX })
      const { rows } = await tx.query<{ count: number }>({
        ...selection,
        name: `count_${selection.name}`,
        text: countText(selection.text),
      })
      const count = rows[0]?.count ?? 0
      return count > COUNT_MAX ? undefined : count
    })
  } catch (error) {
    if (isGivenUp(error)) return undefined
    throw error
  }
}

function countText(selected: string): string {
  return `select count(*)::int as count from (${selected}) selected`
}
