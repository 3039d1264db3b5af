/** Payments that turned out to be one: who was part of whom, and what else has to follow. */
import type { Queryable, Transaction } from './db.ts'
import type { Scope } from './list-page.ts'
import { together } from './together.ts'

/**
 * What else points at a payment that is part of another one from now on: payments it had taken in before, so that
 * nobody follows more than one pointer, the outcomes of its events, and the keys under which something was asked of it.
 */
export async function followMerges(
  tx: Transaction,
  merges: { from: string; into: string }[],
): Promise<void> {
  if (merges.length === 0) return
  const values = [merges.map((merge) => merge.from), merges.map((merge) => merge.into)]
  const pairs = `(select * from unnest($1::text[], $2::text[]) as m("from", "into")) m`
  await together(
    tx.query({
      name: 'payments_follow_merges',
      text: `update payments p set merged_into_payment_id = m."into" from ${pairs}
        where p.merged_into_payment_id = m."from"`,
      values,
    }),
    tx.query({
      name: 'inbox_outcomes_follow_merges',
      text: `update inbox_outcomes o set payment_id = m."into" from ${pairs} where o.payment_id = m."from"`,
      values,
    }),
    tx.query({
      name: 'idempotency_keys_follow_merges',
      text: `update idempotency_keys k set payment_id = m."into" from payment_attempts t, ${pairs}
        where t.payment_id = m."from" and k.operation_id = t.operation_id`,
      values,
    }),
  )
}

/**
 * Those of payments that turn out to be one whose id has to remain: made by the API, so that a merchant was given it, or a
 * second effect, whose undoing must not be lost. Neither changes, so nothing is locked.
 */
export async function listRemaining(tx: Transaction, ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await tx.query<{ id: string }>({
    name: 'payments_remaining',
    text: `select id from payments
      where id = any($1::text[]) and (origin = 'api' or duplicate_of_payment_id is not null)`,
    values: [ids],
  })
  return new Set(rows.map((row) => row.id))
}

/** The payment, and those that turned out to be part of it: their history is its history. */
export async function listPartsOf(
  database: Queryable,
  scope: Scope,
  paymentId: string,
): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>({
    name: 'payments_parts',
    text: `select id from payments where merged_into_payment_id = $3 and merchant_id = $1 and livemode = $2
      order by id`,
    values: [scope.merchantId, scope.livemode, paymentId],
  })
  return [paymentId, ...rows.map((row) => row.id)]
}
