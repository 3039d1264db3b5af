import { webhookEventStatuses } from './webhook-metrics.ts'

/** What the labels of the metrics mean, for the reference. Each has few values, whoever calls. */
export const labelMeanings: Record<string, string> = {
  step: '`create`, `confirm`, `capture`, `cancel` or `refund`',
  provider: 'who sent the webhook or is called, `stripe`',
  type: 'type of the provider event, `other` where we do not handle it; of an error of Stripe, its kind',
  status: `what became of it (${webhookEventStatuses.map((word) => `\`${word}\``).join(', ')}), or the HTTP status; of a request for a payment, the payment's status; of an attempt, its outcome`,
  code: 'the error code; `self_test` of what our own command line delivered',
  method: 'the HTTP method',
  route: 'the pattern of the address, such as `/payments/:id`',
  statement: 'the name of the statement',
  outcome:
    'of a batch `applied` or `failed`; of a call of a handler `handled`, `declined`, `failed`, `dead`, `interrupted`, `not_called` or `refused` (the lease was lost); of an observation `delivered`, `failed` or `dropped`',
  handler: 'the name of a handler of your own',
  quantile: '`0.5`, `0.99` or `1`',
  reason: '`queue_full` or `export_failed`',
  state:
    'of a circuit breaker `CLOSED` (calls go out), `OPEN` (none does) or `HALF_OPEN` (one decides)',
  cache: '`callers` (whom API keys stand for) or `answers` (to requests with an `Idempotency-Key`)',
  layer: '`memory` (of the process) or `redis`',
  result:
    '`hit`, `miss`, `stale`, `refused` (not ours), `away` (no answer) or `skipped` (not asked while away); of an entry handed over `kept` or `not_kept`',
  version: 'the release',
  environment: '`development` or `production`',
}

/** Names that dashboards rely on; the reference lists those that are not there yet. */
export const promisedMetrics = [
  'payment_requests_total',
  'payment_processing_duration_seconds',
  'idempotency_cache_hits_total',
  'stripe_api_errors_total',
  'reconciliation_discrepancies_total',
  'outbox_queue_depth',
  'webhook_events_total',
  'webhook_processing_duration_seconds',
  'http_request_duration_seconds',
  'db_query_duration_seconds',
  'dead_letter_queue_depth',
  'build_info',
] as const
