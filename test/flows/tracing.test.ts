import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { API_KEY, openObservedPayonce, WEBHOOK_SECRET } from '../support/observed-payonce.ts'
import { runSql } from '../support/test-server.ts'
import { openTraceCollector } from '../support/trace-collector.ts'
import { sign } from './intake-fixture.ts'

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const CALLER_SPAN = '00f067aa0ba902b7'
const TRACEPARENT = `00-${TRACE_ID}-${CALLER_SPAN}-01`
const INTERNAL_SERVER_SPAN = 2

const intent = (id: string) => ({
  id: `evt_${id}`,
  object: 'event',
  api_version: '2025-09-30.clover',
  type: 'payment_intent.succeeded',
  created: 1_790_000_000,
  livemode: false,
  data: {
    object: {
      id: `pi_${id}`,
      object: 'payment_intent',
      amount: 1000,
      amount_received: 1000,
      currency: 'usd',
      status: 'succeeded',
      created: 1_790_000_000,
      livemode: false,
    },
  },
})

async function post(url: string, event: object, headers: Record<string, string> = {}) {
  const body = JSON.stringify(event)
  const response = await fetch(`${url}/webhooks/stripe`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'stripe-signature': sign(body, WEBHOOK_SECRET),
      ...headers,
    },
  })
  await response.arrayBuffer()
  return response
}

const ask = async (url: string, path: string) => {
  const response = await fetch(`${url}${path}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  })
  return JSON.parse(await response.text())
}

const applied = (id: string) => (lines: { message?: unknown; event_id?: unknown }[]) =>
  lines.some((line) => line.message === 'webhook processed' && line.event_id === `evt_${id}`)

let payonce: Awaited<ReturnType<typeof openObservedPayonce>>
let collector: Awaited<ReturnType<typeof openTraceCollector>>
before(async () => {
  collector = await openTraceCollector()
  payonce = await openObservedPayonce({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=collector%20key%201234',
    OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=shop',
  })
})
after(async () => {
  await payonce[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
})

test('one request is followed from intake log to inbox, worker log, history, booking, outbox and timeline', async () => {
  const response = await post(payonce.url, intent('followed'), {
    traceparent: TRACEPARENT,
    tracestate: 'vendor=a1, other@b=c',
    'x-request-id': 'order-77',
    'x-correlation-id': 'cart-9',
  })
  assert.equal(response.headers.get('x-request-id'), 'order-77')
  const lines = await payonce.linesAre(applied('followed'))
  const own = lines.filter((line) => line.request_id === 'order-77')
  assert.deepEqual(own.map((line) => line.message).toSorted(), [
    'request',
    'webhook processed',
    'webhook received',
  ])
  for (const line of own) {
    assert.deepEqual([line.correlation_id, line.trace_id], ['cart-9', TRACE_ID])
  }

  const sql = async (text: string) => (await runSql(payonce.databaseUrl, text)).rows
  const [stored] = await sql(`select * from inbox_events where event_id = 'evt_followed'`)
  assert.deepEqual([stored.request_id, stored.correlation_id], ['order-77', 'cart-9'])
  const [parent, state] = stored.trace_context.split(' ')
  assert.match(parent, new RegExp(`^00-${TRACE_ID}-[\\da-f]{16}-01$`))
  assert.ok(!parent.includes(CALLER_SPAN), 'the stored step is ours')
  assert.equal(state, 'vendor=a1,other@b=c')
  for (const table of ['payment_events', 'journal_entries', 'outbox_events']) {
    const rows = await sql(`select distinct correlation_id from ${table}`)
    assert.deepEqual(
      rows.map((row) => row.correlation_id),
      ['cart-9'],
      table,
    )
  }
  const outbox = await sql('select trace_context from outbox_events')
  assert.ok(outbox.length > 0)
  for (const row of outbox) assert.equal(row.trace_context, stored.trace_context)

  const event = await ask(payonce.url, `/provider-events/${stored.id}`)
  assert.deepEqual(
    [event.request_id, event.correlation_id, event.trace_id],
    ['order-77', 'cart-9', TRACE_ID],
  )
  const timeline = await ask(payonce.url, `/payments/${event.payment_id}/timeline`)
  for (const item of timeline.items) assert.equal(item.detail.correlation_id, 'cart-9', item.kind)
  const told = timeline.items.find((item: { kind: string }) => item.kind === 'provider_event')
  assert.deepEqual([told.detail.request_id, told.detail.trace_id], ['order-77', TRACE_ID])
})

test('the collector gets one tree: request, store and apply in the trace of the caller, the batch linked', async () => {
  const spans = await eventually(
    async () => collector.spans,
    (all) => all.some((span) => span.traceId === TRACE_ID && span.name === 'inbox apply'),
    15_000,
  )
  const inTrace = (name: string) => {
    const found = spans.filter((span) => span.traceId === TRACE_ID && span.name === name)
    assert.equal(found.length, 1, name)
    return found[0] as (typeof found)[number]
  }
  const request = inTrace('POST /webhooks/stripe')
  assert.equal(request.parentSpanId, CALLER_SPAN)
  assert.equal(request.kind, INTERNAL_SERVER_SPAN)
  assert.equal(request.traceState, 'vendor=a1,other@b=c')
  assert.equal(Number(request.attributes['http.response.status_code']), 200)
  assert.equal(request.attributes['payonce.request_id'], 'order-77')
  const store = inTrace('inbox store')
  assert.equal(store.parentSpanId, request.spanId)
  const apply = inTrace('inbox apply')
  assert.equal(apply.parentSpanId, store.spanId)
  assert.match(String(apply.attributes['payonce.payment_id']), /^pay_/)
  const [link] = apply.links
  const batch = spans.find((span) => span.spanId === link?.spanId)
  assert.equal(batch?.name, 'inbox apply batch')
  assert.notEqual(batch?.traceId, TRACE_ID)
  assert.ok(batch?.links.some((one) => one.traceId === TRACE_ID && one.spanId === store.spanId))
  const statements = spans.filter((span) => span.parentSpanId === batch?.spanId)
  assert.ok(statements.some((span) => span.name === 'db payment_events_append'))
  for (const span of [request, store, apply]) {
    assert.ok(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), span.name)
  }
  assert.equal(collector.headers[0]?.['x-api-key'], 'collector key 1234')
  const [resource] = collector.resources
  assert.equal(resource?.['service.name'], 'payonce')
  assert.equal(resource?.['service.namespace'], 'shop')
})

test('a read has its statements below it', async () => {
  await ask(payonce.url, '/payments')
  const spans = await eventually(
    async () => collector.spans,
    (all) => all.some((span) => span.name === 'GET /payments'),
    15_000,
  )
  const request = spans.find((span) => span.name === 'GET /payments')
  const below = spans.filter((span) => span.parentSpanId === request?.spanId)
  assert.ok(
    below.some((span) => span.name.startsWith('db ')),
    JSON.stringify(below),
  )
})

test('a caller that does not sample is followed, and its trace is handed on', async () => {
  const unsampled = TRACEPARENT.replace(/4736-/, '4737-').replace(/-01$/, '-00')
  await post(payonce.url, intent('unsampled'), { traceparent: unsampled })
  const lines = await payonce.linesAre(applied('unsampled'))
  const traceId = TRACE_ID.replace(/4736$/, '4737')
  assert.equal(lines.filter((line) => line.trace_id === traceId).length, 3)
  const { rows } = await runSql(
    payonce.databaseUrl,
    `select trace_context from inbox_events where event_id = 'evt_unsampled'`,
  )
  assert.match(rows[0].trace_context, new RegExp(`^00-${traceId}-[\\da-f]{16}-00$`))
  await ask(payonce.url, '/refunds')
  await eventually(
    async () => collector.spans,
    (all) => all.some((span) => span.name === 'GET /refunds'),
    15_000,
  )
  assert.ok(!collector.spans.some((span) => span.traceId === traceId))
})

test('hostile ids and headers are replaced, and nothing of them is handed on', async () => {
  const response = await post(payonce.url, intent('hostile'), {
    traceparent: `00-${'0'.repeat(32)}-${CALLER_SPAN}-01`,
    tracestate: 'evil',
    'x-request-id': '"><script>alert(1)</script>',
    'x-correlation-id': 'a b',
  })
  const id = response.headers.get('x-request-id') ?? ''
  assert.match(id, /^req_[\da-f]{32}$/)
  await payonce.linesAre(applied('hostile'))
  assert.ok(!payonce.process.output().includes('<script>'))
  const { rows } = await runSql(
    payonce.databaseUrl,
    `select request_id, correlation_id, trace_context from inbox_events where event_id = 'evt_hostile'`,
  )
  assert.deepEqual([rows[0].request_id, rows[0].correlation_id], [id, id])
  assert.doesNotMatch(rows[0].trace_context, /^00-0{32}| /)
})

for (const answer of ['never', 'fail'] as const) {
  test(`a collector that ${answer === 'never' ? 'never answers' : 'refuses'} delays no webhook and no exit`, async () => {
    await using silent = await openTraceCollector(answer)
    await using other = await openObservedPayonce({ OTEL_EXPORTER_OTLP_ENDPOINT: silent.url })
    for (let index = 0; index < 20; index++) {
      assert.equal((await post(other.url, intent(`${answer}${index}`))).status, 200)
    }
    await other.linesAre(applied(`${answer}19`))
    if (answer === 'fail') {
      await other.linesAre((lines) =>
        lines.some((line) => line.message === 'traces cannot be exported'),
      )
      const metrics = await (await fetch(`${other.url}/metrics`)).text()
      assert.match(metrics, /^trace_spans_dropped_total\{reason="export_failed"\} [1-9]/m)
    }
    // The exit is by signal; the test's own time-out is what a hanging collector would run into.
    assert.equal(await other.stop(), 0)
  })
}

test('without an endpoint nothing is exported, and the ids of the caller still travel', async () => {
  await using plain = await openObservedPayonce()
  await post(plain.url, intent('plain'), { traceparent: TRACEPARENT })
  await post(plain.url, intent('bare'))
  const lines = await plain.linesAre((all) => applied('plain')(all) && applied('bare')(all))
  const of = (id: string) => lines.filter((line) => line.event_id === `evt_${id}`)
  assert.deepEqual([...new Set(of('plain').map((line) => line.trace_id))], [TRACE_ID])
  // A trace that begins here has one id in every line, although nothing was stored for it.
  const ids = new Set(of('bare').map((line) => line.trace_id))
  assert.equal(ids.size, 1)
  assert.match(String([...ids][0]), /^[\da-f]{32}$/)
  const { rows } = await runSql(
    plain.databaseUrl,
    'select event_id, trace_context from inbox_events order by event_id',
  )
  assert.deepEqual(
    rows.map((row) => [row.event_id, row.trace_context]),
    [
      ['evt_bare', null],
      ['evt_plain', TRACEPARENT],
    ],
  )
})
