/** Second effects of one operation: which payment they are duplicates of, and which are still to be undone. */
import type { Queryable, Transaction } from './db.ts'
import type { Scope } from './list-page.ts'
import type { PaymentRow } from './rows.ts'
import { paymentsTable } from './tables.ts'

const select = `select ${paymentsTable.selectList} from payments t`
const DUPLICATES_PER_PAYMENT_MAX = 100

/** Payments that turned out to have a second effect, by id. */
export async function listDuplicated(tx: Transaction, ids: string[]): Promise<PaymentRow[]> {
  if (ids.length === 0) return []
  const { rows } = await tx.query<PaymentRow>({
    name: 'payments_duplicated',
    text: `${select} where t.id = any($1::text[])`,
    values: [ids],
  })
  return rows.map(paymentsTable.toRow)
}

/** The second effects of a payment's operation, the oldest first. */
export async function listDuplicatesOf(
  database: Queryable,
  scope: Scope,
  paymentId: string,
): Promise<PaymentRow[]> {
  const { rows } = await database.query<PaymentRow>({
    name: 'payments_duplicates',
    text: `${select} where t.duplicate_of_payment_id = $3 and t.merchant_id = $1 and t.livemode = $2
      order by t.id limit ${DUPLICATES_PER_PAYMENT_MAX}`,
    values: [scope.merchantId, scope.livemode, paymentId],
  })
  return rows.map(paymentsTable.toRow)
}

/**
 * Second effects that can be undone now; one that the provider still works on waits for its outcome, and one
 * of which only a failed charge is told for what its intent tells.
 * @param page those after an id, so that none that cannot be undone is in the way of the others
 */
export async function listDuplicatesDue(
  database: Queryable,
  { after, countMax }: { after: string; countMax: number },
): Promise<PaymentRow[]> {
  const { rows } = await database.query<PaymentRow>({
    name: 'payments_duplicates_due',
    text: `${select} where t.duplicate_undo = 'due' and t.status not in ('processing', 'failed') and t.id > $1
      order by t.id limit $2`,
    values: [after, countMax],
  })
  return rows.map(paymentsTable.toRow)
}
