import { isFinal, isPaymentStatus, type PaymentStatus } from '../../domain/payment.ts'
import type { ObjectView } from '../../domain/provider-object.ts'

/**
 * The payment's status. What its charges did to money decides before anything else: they may tell of it while the
 * intent's own event is still on its way. Then the intent; a payment without one (a bare charge) follows its charge.
 */
export function projectStatus(
  intent: ObjectView | undefined,
  charges: ObjectView[],
  captured: boolean,
): PaymentStatus {
  const told = intent?.text('status')
  if (captured && told !== 'canceled') return 'succeeded'
  // Stripe adds statuses without notice; one we do not know is not final, so the payment is still in progress.
  const known = told === undefined || isPaymentStatus(told) ? told : 'processing'
  if (known !== undefined && isFinal(known)) return known
  if (charges.some((charge) => charge.since.released !== undefined)) return 'canceled'
  if (charges.some((charge) => charge.text('status') === 'succeeded')) return 'requires_capture'
  if (known !== undefined) return known
  // Nothing can be tried again under a bare charge that failed; an intent can be paid with another one.
  const isBare = charges.every((charge) => charge.text('intent') === undefined)
  if (isBare && charges.some((charge) => charge.text('status') === 'failed')) return 'failed'
  return 'processing'
}
