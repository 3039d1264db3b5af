import type { NewId } from '../domain/ids.ts'
import type { ProviderPayments } from '../providers/provider.ts'
import type { PaymentAttemptRow } from '../store/rows.ts'
import { LEASE_SECONDS } from './attempt-lease.ts'
import { canonicalJson, type OperationRequest, providerKeyOf } from './operation.ts'
import type { Plan } from './plan.ts'

/**
 * The attempt that a request begins with, as it is written before anything is sent.
 * @throws DomainError naming the field that the provider would not accept
 */
export function newAttempt(
  newId: NewId,
  beginning: { request: OperationRequest; provider: ProviderPayments; operationId: string },
  plan: Extract<Plan, { outcome: 'attempt' }>,
  at: Date,
): PaymentAttemptRow {
  const { request, provider, operationId } = beginning
  const { payment, step, asked, amountMinor } = plan
  const number = 1
  const paymentReference = payment.providerReference ?? undefined
  return {
    id: newId('paymentAttempt'),
    merchantId: payment.merchantId,
    livemode: payment.livemode,
    providerAccountId: payment.providerAccountId,
    paymentId: payment.id,
    operationId,
    step,
    number,
    providerKey: providerKeyOf(operationId, step, number),
    request: canonicalJson(
      provider.buildRequest(step, { ...asked, operationId }, paymentReference),
    ),
    confirms: plan.confirms,
    amountMinor,
    currency: payment.currency,
    // We send it right after the commit; should we die before, a worker takes it for sent all the same.
    status: 'sent',
    knownAtSeconds: plan.knownAtSeconds,
    reason: null,
    error: null,
    providerReference: null,
    leaseUntil: new Date(at.getTime() + LEASE_SECONDS * 1000),
    fence: 1n,
    nextAt: null,
    checkCount: 1,
    actor: request.actor,
    requestId: request.requestId,
    correlationId: request.correlationId,
    traceContext: request.traceContext,
    createdAt: at,
    sentAt: at,
    settledAt: null,
  }
}
