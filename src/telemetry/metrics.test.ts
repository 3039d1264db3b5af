import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createMetrics } from './metrics.ts'

const options = {
  version: '1.2.3',
  environment: 'test',
  knownTypes: new Set(['charge.refunded']),
}
const depths = {
  deadLetterCount: 1,
  outboxCount: 2,
  inboxCount: 3,
  inboxOldestSeconds: 4.5,
  parkedCount: 5,
}

test('every promised name is on the page', async () => {
  using metrics = createMetrics(options)
  const { body, contentType } = await metrics.render()
  assert.match(contentType, /^text\/plain/)
  for (const name of [
    'webhook_events_total',
    'webhook_processing_duration_seconds',
    'webhook_signature_failures_total',
    'http_request_duration_seconds',
    'db_query_duration_seconds',
    'dead_letter_queue_depth',
    'outbox_queue_depth',
    'inbox_queue_depth',
    'inbox_oldest_seconds',
    'inbox_parked_events',
    'intake_bytes_in_flight',
    'event_loop_delay_seconds',
    'worker_batches_total',
    'log_lines_dropped_total',
    'process_cpu_seconds_total',
  ]) {
    assert.match(body, new RegExp(`^# TYPE ${name} `, 'm'), name)
  }
  assert.match(body, /^build_info\{version="1.2.3",environment="test"\} 1$/m)
})

test('an event type nobody knows is counted as other, so that callers cannot grow the page', async () => {
  using metrics = createMetrics(options)
  metrics.webhookEvent({ provider: 'stripe', type: 'charge.refunded', status: 'applied' })
  for (const type of ['made.up', 'x"}\n', '__proto__']) {
    metrics.webhookEvent({ provider: 'stripe', type, status: 'ignored' })
  }
  const { body } = await metrics.render()
  const series = body.split('\n').filter((line) => line.startsWith('webhook_events_total{'))
  assert.deepEqual(series, [
    'webhook_events_total{provider="stripe",type="charge.refunded",status="applied"} 1',
    'webhook_events_total{provider="stripe",type="other",status="ignored"} 3',
  ])
})

test('business events reach their series', async () => {
  using metrics = createMetrics(options)
  metrics.webhookProcessed('stripe', 0.02)
  metrics.webhookSignatureFailed({ provider: 'stripe', code: 'signature_missing' })
  metrics.httpRequest({ method: 'GET', route: '/payments/:id', status: 200 }, 0.01)
  metrics.dbQuery('find_payment', 0.001)
  metrics.intakeBytes(512)
  metrics.workerBatch('applied')
  metrics.logLinesDropped(3)
  const { body } = await metrics.render()
  for (const line of [
    'webhook_processing_duration_seconds_count{provider="stripe"} 1',
    'webhook_signature_failures_total{provider="stripe",code="signature_missing"} 1',
    'http_request_duration_seconds_count{method="GET",route="/payments/:id",status="200"} 1',
    'db_query_duration_seconds_count{statement="find_payment"} 1',
    'intake_bytes_in_flight 512',
    'worker_batches_total{outcome="applied"} 1',
    'log_lines_dropped_total 3',
  ]) {
    assert.ok(body.includes(`\n${line}\n`), line)
  }
})

test('depths are read at each scrape, and left out while they cannot be read', async () => {
  const failures: unknown[] = []
  using metrics = createMetrics({ ...options, onDepthsUnknown: (error) => failures.push(error) })
  metrics.setDepthsSource(async () => depths)
  assert.match((await metrics.render()).body, /^inbox_oldest_seconds 4\.5$/m)
  metrics.setDepthsSource(async () => {
    throw new Error('database away')
  })
  const { body } = await metrics.render()
  assert.doesNotMatch(body, /^(inbox_oldest_seconds|outbox_queue_depth) /m)
  assert.match(body, /^build_info/m)
  assert.equal(failures.length, 1)
})

test('two applications in one process keep their numbers apart', async () => {
  using one = createMetrics(options)
  using two = createMetrics(options)
  one.workerBatch('applied')
  assert.doesNotMatch((await two.render()).body, /^worker_batches_total\{/m)
})
