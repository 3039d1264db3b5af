/** Stripe's errors: a status, and a body `{ error: … }` whose fields the official SDK turns into its classes. */
import type { Intent, Kind, PaymentError, PaymentMethod } from '../store/records.ts'

export type StripeErrorType =
  | 'api_error'
  | 'card_error'
  | 'idempotency_error'
  | 'invalid_request_error'

export type ErrorFields = {
  readonly code?: string
  readonly declineCode?: string | null
  readonly param?: string | undefined
  readonly charge?: string | null
  readonly intent?: Intent
  readonly method?: PaymentMethod | undefined
}

export class StripeError extends Error {
  readonly status: number
  readonly type: StripeErrorType
  readonly fields: ErrorFields
  /** Whether an endpoint had begun to run, so that a repeat of the key gets this answer again. */
  readonly isStored: boolean

  constructor(
    status: number,
    type: StripeErrorType,
    message: string,
    fields: ErrorFields = {},
    isStored = false,
  ) {
    super(message)
    this.status = status
    this.type = type
    this.fields = fields
    this.isStored = isStored
  }
}

export function invalid(message: string, param?: string, code?: string): StripeError {
  const fields = { ...(param && { param }), ...(code && { code }) }
  return new StripeError(400, 'invalid_request_error', message, fields)
}

/** Refused because of what the object is by now: the endpoint ran, so the answer is kept. */
export function refused(message: string, code: string, fields: ErrorFields = {}): StripeError {
  return new StripeError(400, 'invalid_request_error', message, { code, ...fields }, true)
}

export function resourceMissing(kind: Kind, id: string, param = 'id'): StripeError {
  const word = kind === 'payment_method' ? 'PaymentMethod' : kind
  const shown = id.slice(0, 100)
  return new StripeError(404, 'invalid_request_error', `No such ${word}: '${shown}'`, {
    code: 'resource_missing',
    param: param === 'id' && kind === 'payment_intent' ? 'intent' : param,
  })
}

export function declined(error: PaymentError, intent: Intent, method?: PaymentMethod): StripeError {
  const { code, declineCode, charge, message } = error
  const fields = { code, declineCode, charge, intent, method }
  return new StripeError(402, 'card_error', message, fields, true)
}
