/** What a caller sees of each code: a request that gets it, and the answer. Tests send those that can be sent. */
import { DomainError, type DomainErrorDetails, type ErrorCode } from '../domain/errors.ts'
import { type Problem, problemOf } from './problem.ts'

const REQUEST_ID = 'req_6f1f0e3c9d6b4c58a0b7c2d1e4f5a6b7'
const BASE_URL = 'https://pay.example.com'

type Example = { request: string } & Pick<DomainErrorDetails, 'public' | 'errors'>

const examples: Record<ErrorCode, Example> = {
  signature_missing: {
    request: 'POST /webhooks/stripe without a Stripe-Signature header',
    public:
      'The request has no Stripe-Signature header: a proxy may have dropped it, or it is not from Stripe.',
  },
  signature_mismatch: {
    request: 'POST /webhooks/stripe, signed with another secret',
    public: 'The secret is of another endpoint or mode, or the body was changed on the way.',
  },
  timestamp_outside_tolerance: {
    request: 'POST /webhooks/stripe, signed an hour ago',
    public:
      "The signature is 3600 s old: this server's clock (2026-11-21T10:00:00.000Z) is ahead, or an old delivery was sent again.",
  },
  origin_not_allowed: { request: 'POST /webhooks/stripe from a network that is not allowed' },
  unknown_webhook_endpoint: { request: 'POST /webhooks/stripe/pac_unknown' },
  intake_full: { request: 'POST /webhooks/stripe while too many bytes are waiting' },
  body_too_large: { request: 'POST /dead-letters/pev_.../retry with 2 MB of JSON' },
  body_already_read: { request: 'a webhook handler mounted behind a body parser' },
  database_not_migrated: { request: 'POST /webhooks/stripe while the database has no tables' },
  body_unreadable: { request: 'POST /webhooks/stripe, cut off in the middle' },
  body_not_json: { request: 'POST /dead-letters/pev_.../retry with the body {"a":' },
  body_too_deep: { request: 'POST /webhooks/stripe with 200 brackets in one another' },
  event_field_invalid: {
    request: 'POST /webhooks/stripe with an event whose id is a number',
    public: "The event's field /id is not a string of 1 to 255 characters.",
    errors: [{ pointer: '/id', detail: 'must be a string of 1 to 255 characters' }],
  },
  event_not_storable: { request: 'POST /webhooks/stripe with a value the database refuses' },
  parser_overloaded: { request: 'POST /webhooks/stripe with a large body, while many others wait' },
  content_encoding_unsupported: { request: 'POST /webhooks/stripe with Content-Encoding: gzip' },
  media_type_unsupported: {
    request: 'POST /dead-letters/pev_.../retry with Content-Type: text/xml',
  },
  database_unavailable: { request: 'any request while the database is restarted' },
  unauthenticated: {
    request: 'GET /payments without a key',
    public: 'The request has no API key. Send Authorization: Bearer <key>.',
  },
  event_id_collision: { request: 'an event stored by a program, under the id of another event' },
  not_found: { request: 'GET /payments/pay_unknown' },
  method_not_allowed: { request: 'DELETE /payments' },
  invalid_request: {
    request: 'GET /payments?limit=1000',
    public: 'The query is not valid: /limit must be <= 100.',
    errors: [{ pointer: '/limit', detail: 'must be <= 100' }],
  },
  headers_too_large: { request: 'any request with 20 KB of headers' },
  request_timeout: { request: 'a request whose headers take longer than ten seconds' },
  rate_limited: { request: 'more requests in a minute than the key is allowed' },
  value_not_storable: { request: 'an event with an amount beyond what a column holds' },
  constraint_violated: { request: 'an event that would book one fact twice' },
  worker_died: { request: 'an event whose payload makes the worker run out of memory' },
  payload_archived: { request: 'POST /provider-events/pev_.../replay for an archived month' },
  dry_run_too_large: {
    request: 'POST /provider-events/replay with {"filter":{},"dry_run":true} and 5,000 events',
  },
  dry_run_busy: { request: 'POST /provider-events/replay with dry_run, twice at once' },
  event_not_dead: { request: 'POST /dead-letters/evt_.../retry for an event that was applied' },
  replay_over: { request: 'POST /replays/rpl_.../stop after its last event' },
  idempotency_key_invalid: { request: 'POST /payments with Idempotency-Key: two words' },
  idempotency_key_in_use: { request: 'POST /payments, repeated while the first is still running' },
  idempotency_key_reused_with_different_request: {
    request: 'POST /payments with a key of before and another amount',
  },
  reference_already_used: {
    request: 'POST /payments with a reference of before and another amount',
    public:
      'The reference belongs to pay_01m7yktna8q1x01e28cr7vjp0b, which has another amount, currency or user.',
  },
  payment_operation_in_progress: {
    request: 'POST /payments/pay_.../cancel while its capture is not answered',
  },
  payment_already_succeeded: { request: 'POST /payments/pay_.../cancel for a captured payment' },
  payment_already_canceled: { request: 'POST /payments/pay_.../capture for a canceled payment' },
  payment_already_captured: {
    request: 'POST /payments/pay_.../capture when the dashboard captured another amount',
  },
  payment_already_failed: { request: 'POST /payments/pay_.../confirm for a failed payment' },
  payment_not_confirmable: { request: 'POST /payments/pay_.../confirm for an authorized payment' },
  payment_method_required: {
    request: 'POST /payments/pay_.../confirm without payment_method, after a decline',
  },
  payment_not_capturable: { request: 'POST /payments/pay_.../capture before it is authorized' },
  capture_exceeds_authorized_amount: {
    request: 'POST /payments/pay_.../capture of 1001 where 1000 is authorized',
  },
  payment_not_cancelable: { request: 'POST /payments/pay_.../cancel while it is processing' },
  payment_not_refundable: { request: 'POST /payments/pay_.../refund before it is captured' },
  payment_merged: {
    request: 'POST /payments/pay_.../refund for a payment that is part of another',
  },
  refund_exceeds_received_amount: {
    request: 'POST /payments/pay_.../refund of 501 where 500 is left',
    public: '500 minor units are left to refund.',
  },
  provider_refused_request: {
    request: 'POST /payments with a payment_method nobody knows',
    public: "The provider refused: No such PaymentMethod: 'pm_nobody_knows'",
  },
  provider_failed: {
    request: 'POST /payments/{id}/capture while the provider fails again and again',
  },
  provider_unavailable: { request: 'POST /payments while the provider is down' },
  provider_not_connected: { request: 'POST /payments without STRIPE_SECRET_KEY' },
  internal_error: { request: 'any request that meets a fault of ours' },
}

export function exampleRequest(code: ErrorCode): string {
  return examples[code].request
}

export function exampleProblem(code: ErrorCode): Problem {
  const { request: _, ...details } = examples[code]
  return problemOf(new DomainError(code, details), { requestId: REQUEST_ID, baseUrl: BASE_URL })
}
