import { Type } from '@fastify/type-provider-typebox'
import { ledgerAccountKinds } from '../../domain/money-facts.ts'
import { actorTypes, auditActions } from '../../store/audit-log.ts'
import { inboxStatuses } from '../../store/inbox-selection.ts'
import { replayCounters, replayStatuses } from '../../store/replays.ts'
import {
  anyObject,
  currencyCode,
  exactMinorUnits,
  filterInstant,
  filterText,
  id,
  instant,
  nullableInstant,
  nullableText,
  pageOf,
  word,
} from './common.ts'

const REPLAYED_IDS_MAX = 100
const text = { minLength: 1, maxLength: 500, pattern: '^[^\\u0000]*\\S[^\\u0000]*$' }
/** Why a person does it; it is kept in the audit log. */
export const reasonText = Type.String({ ...text, description: 'kept in the audit log' })

/** What a filter of events may say, in a query as in a body. */
export const eventFilterFields = {
  type: filterText('events of this type, or of all that begin alike: payment_intent.*'),
  status: Type.Optional(word(inboxStatuses)),
  reason: filterText('why they were ignored, or the code they died of; with one of these statuses'),
  payment_id: filterText('events that were applied to this payment'),
  provider: filterText('events of this provider'),
  received_from: filterInstant('received at or after this instant'),
  received_to: filterInstant('received before this instant'),
}

export const replayBody = Type.Object(
  {
    filter: Type.Object(
      {
        ...eventFilterFields,
        ids: Type.Optional(
          Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
            minItems: 1,
            maxItems: REPLAYED_IDS_MAX,
            description: "ids of events, ours or the provider's",
          }),
        ),
      },
      { additionalProperties: false, description: 'an empty one names every event' },
    ),
    dry_run: Type.Optional(Type.Boolean({ description: 'apply nothing, tell what would change' })),
    reason: Type.Optional(reasonText),
  },
  { additionalProperties: false },
)

export const oneReplayBody = Type.Object(
  {
    dry_run: Type.Optional(Type.Boolean({ description: 'apply nothing, tell what would change' })),
    reason: Type.Optional(reasonText),
  },
  { additionalProperties: false },
)

const counts = (names: readonly string[]) =>
  Type.Unsafe<Record<string, number>>({
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'integer' }])),
    required: [...names],
  })

const replayFields = {
  id: id('rpl'),
  status: word(replayStatuses),
  filter: anyObject,
  reason: nullableText,
  requested_by: Type.Object({ type: word(actorTypes), id: Type.String() }),
  total_count: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'events the filter named when it was ordered; null: more than a million',
  }),
  processed_count: Type.Integer(),
  counts: counts(replayCounters),
  posting_count: Type.Integer({ description: 'postings added' }),
  rate_per_second: Type.Number(),
  eta_seconds: Type.Unsafe<number | null>({ type: ['integer', 'null'] }),
  created_at: instant,
  started_at: nullableInstant,
  finished_at: nullableInstant,
}
export const replaySchema = Type.Object(replayFields)

export const replayDetailSchema = Type.Object({
  ...replayFields,
  results: pageOf(
    Type.Object({
      id: id('pev'),
      provider_event_id: Type.String(),
      type: Type.String(),
      result: word(replayCounters),
      reason: nullableText,
      detail: nullableText,
      payment_id: nullableText,
      change_count: Type.Integer(),
      replayed_at: instant,
    }),
  ),
})

export const dryRunSchema = Type.Object({
  dry_run: Type.Literal(true),
  event_count: Type.Integer(),
  counts: counts(['changed', 'unchanged', 'ignored', 'parked', 'failed']),
  change_count: Type.Integer({ description: 'changes a merchant would see' }),
  posting_count: Type.Integer({ description: 'postings that would be added' }),
  payments: Type.Array(
    Type.Object({
      kind: word(['payment', 'payout']),
      id: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'null: the replay would make it',
      }),
      provider_reference: nullableText,
      status_before: nullableText,
      status_after: nullableText,
      change_count: Type.Integer(),
      postings: Type.Array(
        Type.Object({
          entry: Type.String({ description: 'kind of the journal entry' }),
          reverses: Type.Boolean({ description: 'takes an earlier entry back' }),
          debit: word(ledgerAccountKinds),
          credit: word(ledgerAccountKinds),
          amount_cents: exactMinorUnits,
          currency: currencyCode,
          effective_at: instant,
        }),
      ),
    }),
  ),
  not_applied: Type.Array(
    Type.Object({
      id: id('pev'),
      result: Type.String(),
      reason: nullableText,
      detail: nullableText,
    }),
  ),
})

export const auditEntrySchema = Type.Object({
  id: id('aud'),
  actor: Type.Object({ type: word(actorTypes), id: Type.String() }),
  action: word(auditActions),
  subject_id: Type.String(),
  reason: nullableText,
  details: anyObject,
  request_id: nullableText,
  created_at: instant,
})
