/** Payments and payouts locked for change, with the rows that hang on them. One lock order: by id. */
import type { Transaction } from './db.ts'
import type { DisputeRow, PaymentRow, PayoutRow, RefundRow } from './rows.ts'
import { disputesTable, paymentsTable, payoutsTable, refundsTable } from './tables.ts'

export async function lockPayments(tx: Transaction, ids: string[]): Promise<PaymentRow[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.query<PaymentRow>({
    name: 'payments_lock',
    text: `select ${paymentsTable.selectList} from payments t where t.id = any($1::text[]) order by t.id for update`,
    values: [ids],
  })
  return rows.map(paymentsTable.toRow)
}

export async function lockPayouts(tx: Transaction, ids: string[]): Promise<PayoutRow[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.query<PayoutRow>({
    name: 'payouts_lock',
    text: `select ${payoutsTable.selectList} from payouts t where t.id = any($1::text[]) order by t.id for update`,
    values: [ids],
  })
  return rows.map(payoutsTable.toRow)
}

export async function listRefundsOf(tx: Transaction, paymentIds: string[]): Promise<RefundRow[]> {
  if (paymentIds.length === 0) return []
  const { rows } = await tx.query<RefundRow>({
    name: 'refunds_of_payments',
    text: `select ${refundsTable.selectList} from refunds t where t.payment_id = any($1::text[]) order by t.id`,
    values: [paymentIds],
  })
  return rows.map(refundsTable.toRow)
}

export async function listDisputesOf(tx: Transaction, paymentIds: string[]): Promise<DisputeRow[]> {
  if (paymentIds.length === 0) return []
  const { rows } = await tx.query<DisputeRow>({
    name: 'disputes_of_payments',
    text: `select ${disputesTable.selectList} from disputes t where t.payment_id = any($1::text[]) order by t.id`,
    values: [paymentIds],
  })
  return rows.map(disputesTable.toRow)
}

/** Rows that are no refunds any more: refund objects explain them, or they stand for a released authorization. */
export async function deleteRefunds(tx: Transaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.query({
    name: 'refunds_delete',
    text: `delete from refunds where id = any($1::text[])`,
    values: [ids],
  })
}
