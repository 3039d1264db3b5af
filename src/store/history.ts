/** What changed and what leaves: the immutable history and the outbox, appended in the change's own transaction. */
import type { Transaction } from './db.ts'
import { rowsParameter } from './rows-parameter.ts'

export type PaymentEventRow = {
  merchantId: string
  livemode: boolean
  subjectId: string
  kind: string
  before: object | null
  after: object | null
  actor: string
  correlationId: string
  inboxEventId: string | null
}

export type OutboxEventRow = {
  id: string
  merchantId: string
  livemode: boolean
  orderingKey: string
  sequence: bigint
  partition: number
  type: string
  apiVersion: string
  payload: object
  correlationId: string
  traceContext: string | null
}

export async function appendPaymentEvents(
  tx: Transaction,
  rows: PaymentEventRow[],
  at: Date,
): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'payment_events_append',
    text: `insert into payment_events (merchant_id, livemode, subject_id, kind, before, after, actor, correlation_id,
        inbox_event_id, created_at)
      select "merchantId", livemode, "subjectId", kind, before, after, actor, "correlationId", "inboxEventId", $2
      from json_to_recordset($1) as r("merchantId" text, livemode boolean, "subjectId" text, kind text, before json,
        after json, actor text, "correlationId" text, "inboxEventId" text)`,
    values: [rowsParameter(rows), at],
  })
}

/** The event, and the narrow row that says it still has to leave. */
export async function appendOutboxEvents(
  tx: Transaction,
  rows: OutboxEventRow[],
  at: Date,
): Promise<void> {
  if (rows.length === 0) return
  await tx.query({
    name: 'outbox_events_append',
    text: `with events as (
        insert into outbox_events (id, merchant_id, livemode, ordering_key, sequence, partition, type, api_version,
          payload, correlation_id, trace_context, created_at)
        select id, "merchantId", livemode, "orderingKey", sequence, partition, type, "apiVersion", payload,
          "correlationId", "traceContext", $2
        from json_to_recordset($1) as r(id text, "merchantId" text, livemode boolean, "orderingKey" text,
          sequence bigint, partition smallint, type text, "apiVersion" text, payload json, "correlationId" text,
          "traceContext" text)
        returning id, partition)
      insert into outbox_queue (outbox_event_id, partition) select id, partition from events`,
    values: [rowsParameter(rows), at],
  })
}
