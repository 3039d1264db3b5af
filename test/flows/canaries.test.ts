/**
 * Canaries: card numbers, addresses, telephone numbers and secrets are sent in every place a request has, through
 * the real server, worker and database. Logs, traces, metrics and the answers to others must hold none of them.
 */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { anyCanary, type Canary, findCanaries } from '../support/canaries.ts'
import { API_KEY, openObservedPayonce, WEBHOOK_SECRET } from '../support/observed-payonce.ts'
import { runSql } from '../support/test-server.ts'
import { openTraceCollector } from '../support/trace-collector.ts'
import { sign } from './intake-fixture.ts'

const seed = Number(process.env.CANARY_SEED ?? Date.now() % 1_000_000)
const CANARY_COUNT = 120
const SECRET_KEY = `sk_test_${'z9Y8x7W6'.repeat(3)}`

let payonce: Awaited<ReturnType<typeof openObservedPayonce>>
let collector: Awaited<ReturnType<typeof openTraceCollector>>
before(async () => {
  collector = await openTraceCollector()
  payonce = await openObservedPayonce({
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    STRIPE_SECRET_KEY: SECRET_KEY,
  })
})
after(async () => {
  await payonce[Symbol.asyncDispose]()
  await collector[Symbol.asyncDispose]()
})

/** Header values are Latin-1 on the wire, without control characters. */
const inHeader = (text: string) =>
  encodeURI(text).replaceAll(/%(?:20|22|7B|7D|25)/g, decodeURIComponent)
const authorized = { authorization: `Bearer ${API_KEY}` }

async function send(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${payonce.url}${path}`, init)
  return { status: response.status, text: await response.text() }
}

const post = (body: string, headers: Record<string, string> = {}) =>
  send('/webhooks/stripe', {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'stripe-signature': sign(body, WEBHOOK_SECRET),
      ...headers,
    },
  })

const event = (id: string, type: string, object: object) =>
  JSON.stringify({
    id,
    object: 'event',
    type,
    created: 1_790_000_000,
    livemode: false,
    api_version: '2025-09-30.clover',
    data: { object },
  })

let count = 0
const intent = (fields: object) => ({
  id: `pi_canary${count++}`,
  object: 'payment_intent',
  amount: 4242,
  amount_received: 4242,
  currency: 'usd',
  status: 'succeeded',
  created: 1_790_000_000,
  ...fields,
})

/** Everywhere a caller can put words. */
const places: Record<string, (text: string) => Promise<unknown>> = {
  path: (text) => send(`/payments/${encodeURIComponent(text)}`, { headers: authorized }),
  'unknown path': (text) => send(`/${encodeURIComponent(text)}`),
  'path with a method it does not know': (text) =>
    send(`/payments/${encodeURIComponent(text)}`, { method: 'DELETE' }),
  query: (text) => send(`/payments?cursor=${encodeURIComponent(text)}`, { headers: authorized }),
  'name in a query': (text) =>
    send(`/payments?${encodeURIComponent(text)}=1`, { headers: authorized }),
  'webhook account': (text) =>
    send(`/webhooks/stripe/${encodeURIComponent(text)}`, { method: 'POST', body: '{}' }),
  headers: (text) =>
    send('/payments', {
      headers: {
        ...authorized,
        'user-agent': inHeader(text),
        referer: inHeader(text),
        cookie: inHeader(text),
        'x-request-id': inHeader(text),
        'x-correlation-id': inHeader(text),
        traceparent: inHeader(text),
        tracestate: inHeader(text),
        'idempotency-key': inHeader(text),
      },
    }),
  'ids that are accepted': async (text) => {
    if (!/^[\w.:@/+=-]{1,128}$/.test(text)) return
    await send('/payments', {
      headers: { ...authorized, 'x-request-id': text, 'x-correlation-id': text },
    })
  },
  authorization: (text) =>
    send('/payments', { headers: { authorization: inHeader(`Bearer ${text}`) } }),
  'API key': (text) => send('/payments', { headers: { 'x-api-key': inHeader(text) } }),
  signature: (text) => post('{}', { 'stripe-signature': inHeader(`t=1,v1=${text}`) }),
  'media type': (text) =>
    send('/dead-letters/x/retry', {
      method: 'POST',
      body: '{}',
      headers: { ...authorized, 'content-type': inHeader(`application/${text}`) },
    }),
  'unsigned body': (text) => post(text, { 'stripe-signature': 't=1,v1=00' }),
  'body that is no JSON': (text) => post(`{"a": ${text}`),
  'body in which a field is wrong': (text) => post(JSON.stringify({ id: 1, type: text })),
  'event id': (text) => post(event(text.slice(0, 200), 'payment_intent.succeeded', intent({}))),
  'event type': (text) => post(event(`evt_t${count}`, text.slice(0, 200), intent({}))),
  'fields of a payment': (text) =>
    post(
      event(
        `evt_f${count}`,
        'payment_intent.succeeded',
        intent({ description: text, metadata: { [text.slice(0, 40)]: text, card: text } }),
      ),
    ),
  'fields that make applying fail': (text) =>
    post(
      event(`evt_e${count}`, 'payment_intent.succeeded', intent({ currency: text, status: text })),
    ),
  'declined payment': (text) =>
    post(
      event(
        `evt_d${count}`,
        'payment_intent.payment_failed',
        intent({
          status: 'requires_payment_method',
          amount_received: 0,
          last_payment_error: { code: 'card_declined', message: text, decline_code: text },
        }),
      ),
    ),
  'body too large': (text) =>
    send('/dead-letters/x/retry', {
      method: 'POST',
      body: text.padEnd(1_100_000, ' '),
      headers: { ...authorized, 'content-type': 'application/json' },
    }),
  'malformed HTTP': (text) => raw(`GET /${text} HTTP/9.9\r\n${text}\r\n\r\n`),
  'headers too large': (text) =>
    raw(`GET / HTTP/1.1\r\nhost: x\r\nx-a: ${text.padEnd(40_000, 'x')}\r\n\r\n`),
}

/** What never becomes a request. */
async function raw(request: string): Promise<string> {
  const socket = connect(Number(new URL(payonce.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.end(request)
  return readAll(socket).catch(() => '')
}

/** Everything anybody but the sender can read. */
async function allTold(): Promise<Record<string, string>> {
  return {
    log: payonce.process.output(),
    traces: collector.texts.join('\n'),
    metrics: (await send('/metrics')).text,
    health: (await send('/ready')).text,
    'answer to another': (await send('/payments/pay_none', { headers: authorized })).text,
  }
}

const seen = new Map<string, number>()
async function assertNothingTold(): Promise<void> {
  for (const [where, text] of Object.entries(await allTold())) {
    const lines = text.split('\n')
    // What is looked through once is not told again.
    const isGrowing = where === 'log' || where === 'traces'
    const from = isGrowing ? (seen.get(where) ?? 0) : 0
    seen.set(where, lines.length - 1)
    for (const line of lines.slice(from)) {
      assert.deepEqual(findCanaries(line), [], `seed ${seed}, in the ${where}: ${line}`)
      for (const own of [WEBHOOK_SECRET, SECRET_KEY, API_KEY]) {
        assert.ok(
          !line.includes(own) || !line.startsWith('{'),
          `our own secret in the ${where}: ${line}`,
        )
      }
    }
  }
}

const settled = async () => {
  const marker = `evt_settled${count++}`
  await post(event(marker, 'payment_intent.succeeded', intent({})))
  await payonce.linesAre((lines) =>
    lines.some((line) => line.message === 'webhook processed' && line.event_id === marker),
  )
}

for (const [place, put] of Object.entries(places)) {
  test(`a canary in the ${place} is told nowhere`, async () => {
    const sample = fc.sample(anyCanary, { numRuns: 12, seed })
    for (const { text } of sample) await put(text)
    await settled()
    await assertNothingTold()
  })
}

test(`canaries in random places, seed ${seed}`, async () => {
  const pairs = fc.sample(fc.tuple(anyCanary, fc.constantFrom(...Object.keys(places))), {
    numRuns: CANARY_COUNT,
    seed,
  })
  for (const [{ text }, place] of pairs) await places[place]?.(text)
  await settled()
  await assertNothingTold()
})

test('an error of the database that quotes what was sent tells it to nobody', async () => {
  const cards: Canary[] = fc.sample(anyCanary, { numRuns: 20, seed })
  const refuse = `create function refuse_canary() returns trigger language plpgsql as $$
    begin raise exception 'refused % of %', new.event_id, new.type using detail = new.event_id; end $$;
    create trigger refuse_canary before insert on inbox_events for each row execute function refuse_canary()`
  await runSql(payonce.databaseUrl, refuse)
  for (const { text } of cards) {
    const { status } = await post(event(text.slice(0, 200), text.slice(0, 200), intent({})))
    assert.ok(status >= 400)
  }
  await runSql(payonce.databaseUrl, 'drop trigger refuse_canary on inbox_events')
  await runSql(payonce.databaseUrl, 'alter table payments rename to payments_away')
  for (const { text } of cards) {
    const { status } = await send(`/payments?user_id=${encodeURIComponent(text)}`, {
      headers: authorized,
    })
    assert.ok(status >= 400)
  }
  await runSql(payonce.databaseUrl, 'alter table payments_away rename to payments')
  await settled()
  const failed = payonce.lines().filter((line) => line.message === 'request failed')
  assert.ok(failed.length >= cards.length, 'the errors were logged')
  assert.match(JSON.stringify(failed), /refused|payments/)
  await assertNothingTold()
})

test('ids, types, amounts and times stay readable', async () => {
  const id = 'evt_1NG8Du2eZvKYlo2CUI79vXWy'
  await post(event(id, 'payment_intent.succeeded', intent({})), {
    'x-request-id': 'order-2026-11-21-0001',
  })
  const lines = await payonce.linesAre((all) =>
    all.some((line) => line.message === 'webhook processed' && line.event_id === id),
  )
  const own = lines.filter((line) => line.request_id === 'order-2026-11-21-0001')
  assert.equal(own.length, 3)
  for (const line of own) {
    assert.ok(!JSON.stringify(line).includes('['), JSON.stringify(line))
    assert.match(String(line.timestamp), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  }
  const processed = own.find((line) => line.message === 'webhook processed')
  assert.match(String(processed?.payment_id), /^pay_[\da-z]{26}$/)
  assert.equal(processed?.type, 'payment_intent.succeeded')
  assert.equal(typeof processed?.waited_ms, 'number')
})

test('what the process still has to tell when it ends is masked, too', async () => {
  await places.path?.('4242 4242 4242 4242')
  assert.equal(await payonce.stop(), 0)
  const told = collector.texts.join('\n')
  assert.match(told, /\[card \*4242\]/, 'the span was sent')
  for (const line of [...told.split('\n'), ...payonce.process.output().split('\n')]) {
    assert.deepEqual(findCanaries(line), [], line)
  }
})
