/**
 * The final answer to an operation: rendered once, by whoever settles it, and stored with its idempotency key in the
 * same commit. Pure.
 */
import { DomainError, type ErrorCode, errorCatalogue, isErrorCode } from '../domain/errors.ts'
import { toJsonInteger } from '../domain/money.ts'
import type { SettledAnswer } from '../store/idempotency-keys.ts'
import type { PaymentAttemptRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { presentPayment } from './present-payment.ts'

const JSON_TYPE = 'application/json; charset=utf-8'
const PROBLEM_TYPE = 'application/problem+json'

/** @param attempt settled; a decline is an outcome of the payment, not an error of the request */
export function finalAnswer(
  attempt: PaymentAttemptRow,
  payment: PaymentRow,
  refunds: RefundRow[],
): SettledAnswer {
  const { operationId } = attempt
  if (attempt.status === 'failed' && !isRefundObject(attempt, refunds)) {
    return { operationId, ...problemAnswer(refusalOf(attempt), attempt.requestId) }
  }
  const body =
    attempt.step === 'refund' ? presentRequested(attempt, refunds) : presentPayment(payment)
  return { operationId, ...jsonAnswer(attempt.step === 'create' ? 201 : 200, body) }
}

export type RenderedAnswer = Omit<SettledAnswer, 'operationId'>

export function jsonAnswer(status: number, body: object): RenderedAnswer {
  return { status, contentType: JSON_TYPE, body: JSON.stringify(body) }
}

/** What `POST /payments/{id}/refund` answers; before the provider told its id there is none. */
export function presentRequested(attempt: PaymentAttemptRow, refunds: RefundRow[]) {
  const refund = refunds.find((row) => row.providerReference === attempt.providerReference)
  return {
    payment_id: attempt.paymentId,
    refund_id: refund?.id ?? null,
    status: refund?.status ?? 'pending',
    amount_cents: toJsonInteger(refund?.amountMinor ?? attempt.amountMinor),
  }
}

function isRefundObject(attempt: PaymentAttemptRow, refunds: RefundRow[]): boolean {
  return (
    attempt.step === 'refund' &&
    refunds.some((row) => row.providerReference === attempt.providerReference)
  )
}

function refusalOf({ error, paymentId }: PaymentAttemptRow): DomainError {
  const code: ErrorCode =
    error !== null && isErrorCode(error.code) ? error.code : 'provider_refused_request'
  return new DomainError(code, {
    ...(error?.message && { public: `The provider refused: ${error.message}` }),
    internal: `payment ${paymentId}: ${error?.code}`,
  })
}

/** As the HTTP layer renders a problem, but without the address the request happened to come to. */
function problemAnswer(error: DomainError, requestId: string): RenderedAnswer {
  const { status, title, retryable } = errorCatalogue[error.code]
  const problem = {
    type: `/docs/errors/${error.code}`,
    title,
    status,
    detail: error.public,
    code: error.code,
    request_id: requestId,
    retryable,
  }
  return { status, contentType: PROBLEM_TYPE, body: JSON.stringify(problem) }
}
