import type { Currency } from '../domain/currencies.ts'
import { DomainError } from '../domain/errors.ts'
import { lockPayment } from './lock-payment.ts'
import type { OperationRequest } from './operation.ts'
import type { MakePlan } from './plan.ts'

/** Gives money back: an amount, or all that is left. Refunds under way count as given. */
export function planRefund(
  request: OperationRequest,
  id: string,
  wish: { amountMinor: bigint | undefined; reason: string | undefined },
): MakePlan {
  return async ({ tx }) => {
    const { payment, refundRequestedMinor, knownAtSeconds } = await lockPayment(tx, request, id)
    if (payment.receivedMinor === 0n || payment.providerReference === null) {
      throw new DomainError('payment_not_refundable')
    }
    const leftMinor = payment.receivedMinor - payment.refundedMinor - refundRequestedMinor
    const amountMinor = wish.amountMinor ?? leftMinor
    if (amountMinor > leftMinor || amountMinor <= 0n) {
      throw new DomainError('refund_exceeds_received_amount', {
        public: `${leftMinor > 0n ? leftMinor : 0n} minor units are left to refund.`,
        internal: `payment ${id}: ${amountMinor} of ${leftMinor}`,
      })
    }
    return {
      ...{ outcome: 'attempt', step: 'refund', payment, before: payment, knownAtSeconds },
      asked: { ...wish, currency: payment.currency as Currency },
      amountMinor,
      confirms: false,
    }
  }
}
