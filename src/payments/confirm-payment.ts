import type { Currency } from '../domain/currencies.ts'
import { DomainError } from '../domain/errors.ts'
import type { PaymentRow } from '../store/rows.ts'
import { lockPayment, requireNothingOpen } from './lock-payment.ts'
import type { OperationRequest } from './operation.ts'
import type { MakePlan } from './plan.ts'

/** Asks the provider to charge: with the payment method it has, or with another one. */
export function planConfirmation(
  request: OperationRequest,
  id: string,
  wish: { paymentMethod: string | undefined; returnUrl: string | undefined },
): MakePlan {
  return async ({ tx }) => {
    const locked = await lockPayment(tx, request, id)
    const { payment, knownAtSeconds } = locked
    requireNothingOpen(locked)
    checkConfirmable(payment, wish.paymentMethod)
    return {
      ...{ outcome: 'attempt', step: 'confirm', payment, before: payment, knownAtSeconds },
      asked: { ...wish, amountMinor: undefined, currency: payment.currency as Currency },
      amountMinor: payment.amountMinor,
      confirms: true,
    }
  }
}

function checkConfirmable(payment: PaymentRow, paymentMethod: string | undefined): void {
  if (payment.duplicateOfPaymentId !== null) throw new DomainError('payment_not_confirmable')
  switch (payment.status) {
    case 'requires_payment_method':
      if (paymentMethod === undefined) throw new DomainError('payment_method_required')
      break
    case 'requires_confirmation':
    case 'requires_action':
      break
    case 'succeeded':
      throw new DomainError('payment_already_succeeded')
    case 'canceled':
      throw new DomainError('payment_already_canceled')
    case 'failed':
      throw new DomainError('payment_already_failed')
    case 'processing':
    case 'requires_capture':
      throw new DomainError('payment_not_confirmable')
  }
  if (payment.providerReference === null) throw new DomainError('payment_not_confirmable')
}
