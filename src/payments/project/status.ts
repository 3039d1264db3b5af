import { isFinal, isPaymentStatus, type PaymentStatus } from '../../domain/payment.ts'
import type { ObjectView } from '../../domain/provider-object.ts'
import { leastOf } from './seconds.ts'

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
  if (intent === undefined && charges.every((charge) => charge.text('intent') === undefined)) {
    return statusOfBareCharge(charges)
  }
  // Stripe adds statuses without notice; one we do not know is not final, so the payment is still in progress.
  const status = told !== undefined && isPaymentStatus(told) ? told : 'processing'
  return isFinal(status) || !isStillHeld(intent, charges, status) ? status : 'requires_capture'
}

/**
 * Whether what the intent says comes from before its money was held. A charge may tell of the hold first, and what dates
 * events and answers differs by a second, so only what can follow a hold ends it: a capture that takes its time, and one
 * that failed (docs.stripe.com/payments/paymentintents/lifecycle).
 */
function isStillHeld(
  intent: ObjectView | undefined,
  charges: ObjectView[],
  status: PaymentStatus,
): boolean {
  const heldAt = leastOf([intent?.since.held, ...charges.map((charge) => charge.since.succeeded)])
  if (heldAt === undefined) return false
  const isLater = (intent?.toldAtSeconds('status') ?? 0) > heldAt
  const isDecline =
    status === 'requires_payment_method' && intent?.object('last_error') !== undefined
  return !(isLater && (status === 'processing' || isDecline))
}

function statusOfBareCharge(charges: ObjectView[]): PaymentStatus {
  if (charges.some((charge) => charge.since.released !== undefined)) return 'canceled'
  if (charges.some((charge) => charge.text('status') === 'succeeded')) return 'requires_capture'
  // Nothing can be tried again under a bare charge that failed.
  if (charges.some((charge) => charge.text('status') === 'failed')) return 'failed'
  return 'processing'
}
