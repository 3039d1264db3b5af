import type { PaymentStatus } from '../domain/payment.ts'
import type { Queryable } from './db.ts'
import {
  type Condition,
  listPage,
  type Page,
  type PageOptions,
  type Scope,
  when,
} from './list-page.ts'
import type { PaymentRow } from './rows.ts'
import { paymentsTable } from './tables.ts'

export type PaymentFilter = {
  userId?: string | undefined
  status?: PaymentStatus | undefined
  createdFrom?: Date | undefined
  createdTo?: Date | undefined
}

const select = `select ${paymentsTable.selectList} from payments t`

export async function listPayments(
  database: Queryable,
  scope: Scope,
  filter: PaymentFilter,
  page: PageOptions,
): Promise<Page<PaymentRow>> {
  const found = await listPage<PaymentRow>(
    database,
    { name: 'payments_list', select },
    scope,
    page,
    {
      conditions: [
        { name: 'own', sql: 't.merged_into_payment_id is null' },
        { name: 'only', sql: 't.duplicate_of_payment_id is null' },
        ...when(filter.userId, 'user', 't.user_id = ?'),
        ...statusConditions(filter.status),
        ...when(filter.createdFrom, 'from', 't.created_at >= ?'),
        ...when(filter.createdTo, 'to', 't.created_at < ?'),
      ],
      keyOf: (row) => row.id,
    },
  )
  return { ...found, items: found.items.map(paymentsTable.toRow) }
}

/** A decline leaves the payment open for another try; whoever asks for failed payments means it as well. */
function statusConditions(status: PaymentStatus | undefined): Condition[] {
  if (status !== 'failed') return when(status, 'status', 't.status = ?')
  const declined = `t.status = 'requires_payment_method' and t.last_error is not null`
  return [{ name: 'failed', sql: `(t.status = 'failed' or (${declined}))` }]
}

export async function findPayment(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<PaymentRow | undefined> {
  const { rows } = await database.query<PaymentRow>({
    name: 'payments_find',
    text: `${select} where t.id = $3 and t.merchant_id = $1 and t.livemode = $2`,
    values: [scope.merchantId, scope.livemode, id],
  })
  return rows.map(paymentsTable.toRow)[0]
}

/** The merchant's payment with this reference of its own; one that is part of another by now is that other one. */
export async function findPaymentByReference(
  database: Queryable,
  scope: Scope,
  reference: string,
): Promise<PaymentRow | undefined> {
  const { rows } = await database.query<PaymentRow>({
    name: 'payments_find_by_reference',
    text: `${select} where t.merchant_id = $1 and t.livemode = $2 and t.id = (
      select coalesce(r.merged_into_payment_id, r.id) from payments r
      where r.merchant_id = $1 and r.livemode = $2 and r.reference = $3)`,
    values: [scope.merchantId, scope.livemode, reference],
  })
  return rows.map(paymentsTable.toRow)[0]
}
