import { Type } from '@fastify/type-provider-typebox'
import { inboxStatuses } from '../../store/inbox-selection.ts'
import { id, instant, nullableInstant, nullableText, word } from './common.ts'

const nullableInteger = Type.Unsafe<number | null>({ type: ['integer', 'null'] })
const nullableObject = Type.Unsafe<object | null>({
  type: ['object', 'null'],
  additionalProperties: true,
})

const eventFields = {
  id: id('pev'),
  provider_account_id: id('pac'),
  provider: Type.String(),
  provider_event_id: Type.String({ description: "the provider's own id of the event" }),
  type: Type.String(),
  api_version: nullableText,
  object_reference: nullableText,
  status: word(inboxStatuses),
  reason: nullableText,
  payment_id: nullableText,
  attempt_count: Type.Integer(),
  next_attempt_at: nullableInstant,
  created_at: instant,
  received_at: instant,
  applied_at: nullableInstant,
  request_id: Type.String(),
  correlation_id: Type.String(),
  trace_id: Type.String(),
}
const payloadFields = {
  payload: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'the body as it came; null when it is not UTF-8, or archived',
  }),
  payload_base64: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'the body when it is not UTF-8',
  }),
  payload_encoding: Type.Unsafe<'utf-8' | 'base64' | null>({
    type: ['string', 'null'],
    enum: ['utf-8', 'base64', null],
    description: 'which of the two holds the body; null when it is archived',
  }),
}

export const inboxEventSchema = Type.Object(eventFields)

export const inboxEventDetailSchema = Type.Object({
  ...eventFields,
  signature: Type.Unsafe<{
    verdict: 'verified' | 'not_checked'
    cause: string
    timestamp: string | null
    secret_index: number | null
  } | null>({
    type: ['object', 'null'],
    properties: {
      verdict: { type: 'string', enum: ['verified', 'not_checked'] },
      cause: { type: 'string' },
      timestamp: { type: ['string', 'null'] },
      secret_index: {
        type: ['integer', 'null'],
        description: 'which of the configured secrets verified it',
      },
    },
  }),
  headers: Type.Unsafe<Record<string, string | string[]> | null>({
    type: ['object', 'null'],
    additionalProperties: true,
    description: 'credentials in them are shown as [secret]',
  }),
  ...payloadFields,
  attempts: Type.Array(
    Type.Object({
      at: instant,
      outcome: word(['applied', 'ignored', 'failed']),
      attempt: nullableInteger,
      error_type: nullableText,
      code: nullableText,
      detail: nullableText,
    }),
    { description: 'newest first' },
  ),
  changes: Type.Array(
    Type.Object({
      type: Type.String(),
      before: nullableObject,
      after: nullableObject,
      at: instant,
    }),
    { description: 'what it changed of its payment' },
  ),
  collisions: Type.Array(
    Type.Object({ id: id('col'), type: Type.String(), received_at: instant }),
    { description: 'deliveries kept aside because they used the id of this event' },
  ),
  set_aside: Type.Unsafe<{ at: string; reason: string } | null>({
    type: ['object', 'null'],
    properties: { at: { type: 'string' }, reason: { type: 'string' } },
  }),
})

export const collisionSchema = Type.Object({
  id: id('col'),
  collides_with: id('pev'),
  provider_event_id: Type.String(),
  type: Type.String(),
  object_reference: nullableText,
  created_at: instant,
  received_at: instant,
  request_id: Type.String(),
  ...payloadFields,
})

export const failureGroupSchema = Type.Object({
  code: Type.String(),
  type: Type.String(),
  error_type: Type.String(),
  count: Type.Integer(),
  dead_count: Type.Integer({ description: 'given up' }),
  retrying_count: Type.Integer({ description: 'still tried again by themselves' }),
  set_aside_count: Type.Integer(),
  first_failed_at: instant,
  last_failed_at: instant,
  sample_ids: Type.Array(id('pev'), { description: 'the newest few' }),
  sample_detail: Type.String(),
  explanation: Type.String(),
  fix: Type.String(),
})

export const deadLetterSchema = Type.Object({
  id: id('pev'),
  provider_event_id: Type.String(),
  type: Type.String(),
  attempt_count: Type.Integer(),
  error_type: Type.String(),
  code: Type.String(),
  detail: Type.String(),
  received_at: instant,
  dead_at: instant,
  set_aside_at: nullableInstant,
  set_aside_reason: nullableText,
  set_aside_by: nullableText,
})
