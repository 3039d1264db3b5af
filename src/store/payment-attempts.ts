/** Attempts: locked by who changes them, claimed under a lease and a fence by who sends them. */
import type { Queryable, Transaction } from './db.ts'
import type { Scope } from './list-page.ts'
import type { PaymentAttemptRow } from './rows.ts'
import { paymentAttemptsTable as table } from './tables.ts'

/**
 * Of one payment. Not by status, as the index of due attempts is: the planner would walk all of that one, whose entries
 * of settled attempts stay until the next vacuum.
 */
const isOpen = 't.settled_at is null'
export const ATTEMPTS_PER_PAYMENT_MAX = 500

/** Attempts of these payments whose outcome is not known. The payments' own rows must be locked already. */
export async function lockOpenAttempts(
  tx: Transaction,
  paymentIds: string[],
): Promise<PaymentAttemptRow[]> {
  if (paymentIds.length === 0) return []
  const { rows } = await tx.query<PaymentAttemptRow>({
    name: 'payment_attempts_lock_open',
    text: `select ${table.selectList} from payment_attempts t
      where t.payment_id = any($1::text[]) and ${isOpen} order by t.id for update`,
    values: [paymentIds],
  })
  return rows.map(table.toRow)
}

/** Everything that was asked of a provider for these payments, oldest first. */
export async function listAttemptsOf(
  database: Queryable,
  scope: Scope,
  paymentIds: string[],
): Promise<PaymentAttemptRow[]> {
  const { rows } = await database.query<PaymentAttemptRow>({
    name: 'payment_attempts_of_payment',
    text: `select ${table.selectList} from payment_attempts t
      where t.payment_id = any($3::text[]) and t.merchant_id = $1 and t.livemode = $2
      order by t.id limit ${ATTEMPTS_PER_PAYMENT_MAX}`,
    values: [scope.merchantId, scope.livemode, paymentIds],
  })
  return rows.map(table.toRow)
}

export async function findAttemptOfOperation(
  database: Queryable,
  operationId: string,
): Promise<PaymentAttemptRow | undefined> {
  const { rows } = await database.query<PaymentAttemptRow>({
    name: 'payment_attempts_of_operation',
    text: `select ${table.selectList} from payment_attempts t
      where t.operation_id = $1 order by t.number desc limit 1`,
    values: [operationId],
  })
  return rows.map(table.toRow)[0]
}

/**
 * Attempts that wait and are due, and those whose sender is gone. Each is from now on `sent` by the caller, until the
 * lease ends; whoever held it before is refused by the fence.
 * @param only this attempt and no other, due or not; one under a running lease is left alone, and so is one that is given
 *   time to show an effect
 */
export async function claimAttempts(
  database: Queryable,
  options: { countMax: number; leaseSeconds: number; only?: string },
): Promise<PaymentAttemptRow[]> {
  const { only } = options
  const { rows } = await database.query<PaymentAttemptRow>({
    name: only === undefined ? 'payment_attempts_claim' : 'payment_attempts_claim_one',
    text: `with clock as materialized (select payonce_clock() as at),
      due as (
        select d.id, d.status from payment_attempts d, clock
        where d.status in ('created', 'sent', 'unknown') and ${
          only === undefined
            ? 'coalesce(d.lease_until, d.next_at) <= clock.at'
            : `d.id = $3 and coalesce(d.lease_until <= clock.at, d.reason is distinct from 'unchanged' or d.next_at <= clock.at)`
        }
        order by coalesce(d.lease_until, d.next_at) limit $1 for update of d skip locked)
      update payment_attempts t set status = 'sent', lease_until = clock.at + make_interval(secs => $2), next_at = null,
        fence = t.fence + 1, reason = case when due.status = 'sent' then 'sender_gone' else t.reason end,
        sent_at = coalesce(t.sent_at, clock.at), check_count = t.check_count + 1
      from due, clock where t.id = due.id returning ${table.selectList}`,
    values: [options.countMax, options.leaseSeconds, ...(only === undefined ? [] : [only])],
  })
  return rows.map(table.toRow)
}

/** When the payment's next attempt is looked at again by itself. */
export async function findNextAttemptAt(
  database: Queryable,
  paymentId: string,
): Promise<Date | undefined> {
  const { rows } = await database.query<{ at: Date | null }>({
    name: 'payment_attempts_next_at',
    text: `select min(coalesce(t.lease_until, t.next_at)) as at from payment_attempts t
      where t.payment_id = $1 and ${isOpen}`,
    values: [paymentId],
  })
  return rows[0]?.at ?? undefined
}

/** Takes `amountMinor` (or gives it back, when negative) from what may still be refunded. */
export async function addRefundRequested(
  tx: Transaction,
  rows: { paymentId: string; amountMinor: bigint }[],
): Promise<void> {
  for (const { paymentId, amountMinor } of rows) {
    await tx.query({
      name: 'payments_add_refund_requested',
      text: 'update payments set refund_requested_minor = refund_requested_minor + $2 where id = $1',
      values: [paymentId, amountMinor],
    })
  }
}

export async function readRefundRequested(tx: Transaction, paymentId: string): Promise<bigint> {
  const { rows } = await tx.query<{ amount: string }>({
    name: 'payments_read_refund_requested',
    text: 'select refund_requested_minor as amount from payments where id = $1',
    values: [paymentId],
  })
  return BigInt(rows[0]?.amount ?? 0)
}
