/**
 * Undoes a second effect of one operation: what holds money is canceled, what took money is refunded. Both are requests
 * like a merchant's, written before they are sent, and found out when no answer comes.
 *
 * Neither can take effect twice at the provider, so this holds where keys are ignored, too: an intent is canceled once, and
 * a refund of all that is left leaves nothing to refund.
 */
import type { Currency } from '../domain/currencies.ts'
import { DomainError } from '../domain/errors.ts'
import type { MerchantId } from '../domain/ids.ts'
import { listReferences } from '../store/payment-references.ts'
import type { PaymentRow } from '../store/rows.ts'
import { lockPayment, requireNothingOpen } from './lock-payment.ts'
import type { OperationRequest } from './operation.ts'
import type { OperationDeps } from './operation-deps.ts'
import { performOperation } from './perform-operation.ts'
import type { MakePlan } from './plan.ts'
import { noRecentAnswers } from './recent-answers.ts'

type UndoStep = 'cancel' | 'refund'

/** @returns false when this process cannot call the provider; another one may */
export async function undoDuplicate(deps: OperationDeps, duplicate: PaymentRow): Promise<boolean> {
  const { id, merchantId, livemode, correlationId } = duplicate
  const provider = await deps.providerOf(duplicate.provider, livemode, duplicate.providerAccountId)
  if (provider === undefined) return false
  const step = undoStepOf(duplicate)
  const request: OperationRequest = {
    ...{
      merchantId: merchantId as MerchantId,
      livemode,
      correlationId,
      requestId: correlationId,
      traceContext: null,
    },
    ...{ method: 'POST', path: `/payments/${id}/${step}`, body: {}, reference: undefined },
    // No caller's key has a space, so it is nobody else's.
    givenKey: `undo ${id} ${step}`,
    actor: 'worker',
  }
  const requestDeps = { ...deps, recentAnswers: noRecentAnswers }
  await performOperation(requestDeps, provider, request, {
    makePlan: planUndo(request, id, step),
    makesPayment: false,
  })
  return true
}

function undoStepOf({ receivedMinor }: Pick<PaymentRow, 'receivedMinor'>): UndoStep {
  return receivedMinor > 0n ? 'refund' : 'cancel'
}

function planUndo(request: OperationRequest, id: string, step: UndoStep): MakePlan {
  return async ({ tx }) => {
    const locked = await lockPayment(tx, request, id)
    const { payment, refundRequestedMinor, knownAtSeconds } = locked
    requireNothingOpen(locked)
    // Something became known since it was found due; it is looked at again.
    if (payment.duplicateUndo !== 'due' || undoStepOf(payment) !== step) {
      throw new DomainError('payment_operation_in_progress', { retryAfterSeconds: 1 })
    }
    // A charge may have told of it first; what is asked for names the intent.
    const [intent] = await listReferences(tx, request, { subjectId: id, kind: 'intent' })
    const leftMinor = payment.receivedMinor - payment.refundedMinor - refundRequestedMinor
    return {
      ...{ outcome: 'attempt', step, before: payment, knownAtSeconds, confirms: false },
      payment: {
        ...payment,
        providerReference: intent ?? payment.providerReference,
        duplicateUndo: step === 'refund' ? 'refunding' : 'canceling',
      },
      // Without an amount: all that is left, whatever was given back meanwhile.
      asked: {
        amountMinor: undefined,
        currency: payment.currency as Currency,
        reason: 'duplicate',
      },
      amountMinor: step === 'refund' ? leftMinor : payment.amountMinor,
    }
  }
}
