import type { Currency } from '../domain/currencies.ts'
import { DomainError } from '../domain/errors.ts'
import { lockPayment, requireNothingOpen } from './lock-payment.ts'
import type { OperationRequest } from './operation.ts'
import type { MakePlan } from './plan.ts'

/** Takes what is authorized, or a part of it; the provider lets go of the rest. */
export function planCapture(
  request: OperationRequest,
  id: string,
  wish: { amountMinor: bigint | undefined },
): MakePlan {
  return async ({ tx }) => {
    const locked = await lockPayment(tx, request, id)
    const { payment, knownAtSeconds } = locked
    requireNothingOpen(locked)
    if (payment.status === 'canceled') throw new DomainError('payment_already_canceled')
    if (payment.status !== 'requires_capture' || payment.duplicateOfPaymentId !== null)
      throw new DomainError('payment_not_capturable')
    const amountMinor = wish.amountMinor ?? payment.capturableMinor
    if (amountMinor > payment.capturableMinor) {
      throw new DomainError('capture_exceeds_authorized_amount', {
        internal: `payment ${id}: ${amountMinor} of ${payment.capturableMinor}`,
      })
    }
    return {
      ...{ outcome: 'attempt', step: 'capture', payment, before: payment, knownAtSeconds },
      asked: { amountMinor: wish.amountMinor, currency: payment.currency as Currency },
      amountMinor,
      confirms: false,
    }
  }
}
