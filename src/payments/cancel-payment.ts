import type { Currency } from '../domain/currencies.ts'
import { DomainError } from '../domain/errors.ts'
import type { PaymentRow } from '../store/rows.ts'
import { lockPayment, requireNothingOpen } from './lock-payment.ts'
import type { OperationRequest } from './operation.ts'
import type { MakePlan } from './plan.ts'

/** Gives the payment up: an authorization is voided, and nothing can be charged any more. */
export function planCancellation(
  request: OperationRequest,
  id: string,
  wish: { reason: string | undefined },
): MakePlan {
  return async ({ tx }) => {
    const locked = await lockPayment(tx, request, id)
    const { payment, knownAtSeconds } = locked
    requireNothingOpen(locked)
    checkCancelable(payment)
    return {
      ...{ outcome: 'attempt', step: 'cancel', payment, before: payment, knownAtSeconds },
      asked: { ...wish, amountMinor: undefined, currency: payment.currency as Currency },
      amountMinor: payment.amountMinor,
      confirms: false,
    }
  }
}

function checkCancelable({ status, providerReference }: PaymentRow): void {
  if (status === 'succeeded') throw new DomainError('payment_already_succeeded')
  if (status === 'canceled') throw new DomainError('payment_already_canceled')
  if (status === 'failed') throw new DomainError('payment_already_failed')
  if (status === 'processing' || providerReference === null) {
    throw new DomainError('payment_not_cancelable')
  }
}
