import type { Currency } from '../domain/currencies.ts'
import { DomainError } from '../domain/errors.ts'
import { findPaymentByReference } from '../store/payments.ts'
import type { ProviderName } from '../store/provider-accounts.ts'
import type { PaymentRow } from '../store/rows.ts'
import { lockPayments } from '../store/subjects.ts'
import type { OperationRequest } from './operation.ts'
import type { OperationDeps } from './operation-deps.ts'
import { type MakePlan, type Plan, type PlanReads, WaitsForPaymentError } from './plan.ts'

export type PaymentWish = {
  userId: string
  amountMinor: bigint
  currency: Currency
  provider: ProviderName
  captureMethod: 'automatic' | 'manual'
  confirm: boolean
  metadata: Record<string, string>
  paymentMethod: string | undefined
  description: string | undefined
  returnUrl: string | undefined
}

/** A payment, or the one that this reference already stands for. */
export function planCreation(
  request: OperationRequest,
  wish: PaymentWish,
  { newId, isSandbox }: Pick<OperationDeps, 'newId' | 'isSandbox'>,
): MakePlan {
  return async (reads) => {
    const { tx, at, accountOf } = reads
    if (request.reference !== undefined) {
      const known = await findPaymentByReference(tx, request, request.reference)
      if (known !== undefined) return existing(reads, known, wish)
    }
    const { merchantId, livemode } = request
    const account = await accountOf({
      merchantId,
      livemode,
      provider: wish.provider,
      isSandbox,
    })
    if (account === undefined) throw new DomainError('provider_not_connected')
    const { amountMinor, currency, captureMethod, description, confirm } = wish
    const payment: PaymentRow = {
      ...{ id: newId('payment'), merchantId, livemode, providerAccountId: account },
      ...{ provider: wish.provider, origin: 'api', userId: wish.userId },
      reference: request.reference ?? null,
      providerReference: null,
      ...{ amountMinor, currency, captureMethod },
      status: 'requires_payment_method',
      ...{ capturableMinor: 0n, receivedMinor: 0n, refundedMinor: 0n, disputedMinor: 0n },
      description: description ?? null,
      metadata: wish.metadata,
      lastError: null,
      nextAction: null,
      mergedIntoPaymentId: null,
      ...{ duplicateOfPaymentId: null, duplicateUndo: null },
      idempotencyKey: request.givenKey ?? null,
      correlationId: request.correlationId,
      sequence: 0n,
      ...{ createdAt: at, updatedAt: at, succeededAt: null, canceledAt: null },
    }
    const { paymentMethod, metadata, returnUrl } = wish
    const asked = { amountMinor, currency, captureMethod, confirm, description }
    return {
      ...{ outcome: 'attempt', step: 'create', payment, before: undefined, amountMinor },
      asked: { ...asked, paymentMethod, metadata, returnUrl, reference: request.reference },
      confirms: confirm,
      knownAtSeconds: 0n,
    }
  }
}

/**
 * The provider does not tell whose an adopted payment is, so the first request that names it by its reference does: not
 * known is no difference.
 */
async function existing(
  { tx, at, isShared }: PlanReads,
  known: PaymentRow,
  wish: PaymentWish,
): Promise<Plan> {
  if (known.userId !== null || known.origin === 'api') {
    return { outcome: 'exists', payment: sameOrRefused(known, wish) }
  }
  if (isShared) throw new WaitsForPaymentError(`payment ${known.id} learns whose it is`)
  const [before = known] = await lockPayments(tx, [known.id])
  const payment = { ...before, userId: before.userId ?? wish.userId, updatedAt: at }
  return { outcome: 'exists', payment: sameOrRefused(payment, wish), before }
}

/** @throws DomainError naming the payment that has the reference, when it is for something else */
function sameOrRefused(known: PaymentRow, wish: PaymentWish): PaymentRow {
  const isSame =
    known.amountMinor === wish.amountMinor &&
    known.currency === wish.currency &&
    known.userId === wish.userId
  if (isSame) return known
  throw new DomainError('reference_already_used', {
    public: `The reference belongs to ${known.id}, which has another amount, currency or user.`,
  })
}
