import { isPaymentStatus, type PaymentStatus } from '../../domain/payment.ts'
import type { ObjectView } from '../../domain/provider-object.ts'

/**
 * The payment's status. Captured money decides before anything else: a charge may tell of it while the intent's
 * own event is still on its way. Then the intent; a payment without one (a bare charge) follows its charge.
 */
export function projectStatus(
  intent: ObjectView | undefined,
  charges: ObjectView[],
  captured: boolean,
): PaymentStatus {
  const told = intent?.text('status')
  if (captured && told !== 'canceled') return 'succeeded'
  // Stripe adds statuses without notice; one we do not know is not final, so the payment is still in progress.
  if (told !== undefined) return isPaymentStatus(told) ? told : 'processing'
  return statusOfBareCharge(charges)
}

function statusOfBareCharge(charges: ObjectView[]): PaymentStatus {
  if (charges.some((charge) => charge.since.released !== undefined)) return 'canceled'
  if (charges.some((charge) => charge.text('status') === 'succeeded')) return 'requires_capture'
  // Nothing can be tried again under a bare charge that failed.
  if (charges.some((charge) => charge.text('status') === 'failed')) return 'failed'
  return 'processing'
}
