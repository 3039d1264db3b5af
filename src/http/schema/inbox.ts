import { Type } from '@fastify/type-provider-typebox'
import { inboxStatuses } from '../../store/inbox-reads.ts'
import { id, instant, nullableInstant, nullableText, word } from './common.ts'

const eventFields = {
  id: id('pev'),
  provider_account_id: id('pac'),
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
}

export const inboxEventSchema = Type.Object(eventFields)

export const inboxEventDetailSchema = Type.Object({
  ...eventFields,
  signature: Type.Unsafe<{
    verdict: string
    timestamp: string | null
    secret_index: number | null
  } | null>({
    type: ['object', 'null'],
    properties: {
      verdict: { type: 'string' },
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
  }),
  ...payloadFields,
  failures: Type.Array(
    Type.Object({
      attempt: Type.Integer(),
      error_type: Type.String(),
      code: Type.String(),
      detail: Type.String(),
      failed_at: instant,
    }),
  ),
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
})
