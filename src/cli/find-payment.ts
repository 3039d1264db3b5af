import { isId } from '../domain/ids.ts'
import type { Queryable } from '../store/db.ts'
import type { Scope } from '../store/list-page.ts'
import { findSubjectId } from '../store/payment-references.ts'
import { findPayment } from '../store/payments.ts'
import type { PaymentRow } from '../store/rows.ts'
import { NotFoundError } from './frame/failures.ts'

/**
 * By our id, or by what the provider calls it or anything that hangs on it: an intent, a charge, a refund. One that turned
 * out to be part of another is that other one.
 */
export async function getPayment(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<PaymentRow> {
  const ours = isId('payment', id) ? id : await findSubjectId(database, scope, id)
  const found = ours === undefined ? undefined : await findPayment(database, scope, ours)
  const into = found?.mergedIntoPaymentId ?? undefined
  const payment = into === undefined ? found : await findPayment(database, scope, into)
  if (payment !== undefined) return payment
  const mode = scope.livemode ? 'live' : 'test'
  throw new NotFoundError(
    `There is no payment ${id} in ${mode} mode; --${scope.livemode ? 'test' : 'live'} looks in the other one.`,
  )
}
