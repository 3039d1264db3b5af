import { Type } from '@fastify/type-provider-typebox'
import { handlerRunStatuses } from '../../store/handler-run-reads.ts'
import { id, instant, nullableInstant, nullableText, word } from './common.ts'

export const handlerRunSchema = Type.Object({
  id: Type.String({ description: 'the event and the handler: pev_….name' }),
  handler: Type.String({ description: 'the name it is exported under' }),
  status: word(handlerRunStatuses),
  event_id: id('pev'),
  provider_event_id: Type.String(),
  type: Type.String(),
  payment_id: nullableText,
  attempt_count: Type.Integer({ description: 'calls that failed' }),
  code: nullableText,
  detail: nullableText,
  created_at: instant,
  failed_at: nullableInstant,
  next_attempt_at: nullableInstant,
  dead_at: nullableInstant,
})
