import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readIdempotencyKey } from '../../src/http/idempotency.ts'
import {
  assertConsistent,
  charge,
  openPaymentsApp,
  type PaymentsApp,
  wish,
} from '../support/payments-app.ts'

let app: PaymentsApp
before(async () => {
  app = await openPaymentsApp()
})
after(() => app[Symbol.asyncDispose]())

test('a repeat gets the first answer, byte for byte, and no second charge', async () => {
  const first = await app.post('/payments', charge, { key: 'once' })
  const members = Object.entries(charge).toReversed()
  const raw = JSON.stringify(Object.fromEntries(members), null, 1)
  const repeat = await app.post('/payments', undefined, { key: '"once"', raw })
  assert.equal(repeat.status, 201)
  assert.equal(repeat.text, first.text)
  assert.equal(first.headers.get('idempotency-replayed'), null)
  assert.equal(repeat.headers.get('idempotency-replayed'), 'true')
  assert.equal(repeat.headers.get('content-type'), first.headers.get('content-type'))
  const { charges } = await app.effects()
  assert.equal(charges.length, 1)
})

test('declines and refusals are replayed as well', async () => {
  for (const [method, status] of [
    ['pm_card_visa_chargeDeclined', 201],
    ['pm_nobody_knows', 422],
  ] as const) {
    const body = { ...charge, payment_method: method }
    const first = await app.post('/payments', body, { key: `replay-${method}` })
    const repeat = await app.post('/payments', body, { key: `replay-${method}` })
    assert.equal(first.status, status, first.text)
    assert.equal(repeat.text, first.text)
    assert.equal(repeat.status, status)
  }
})

test('a key with another body or path is refused, and nothing happens', async () => {
  const first = await app.post('/payments', charge, { key: 'taken' })
  for (const [path, body] of [
    ['/payments', { ...charge, amount_cents: 2000 }],
    [`/payments/${first.body.id}/refund`, {}],
  ] as const) {
    const other = await app.post(path, body, { key: 'taken' })
    assert.equal(other.status, 422)
    assert.equal(other.body.code, 'idempotency_key_reused_with_different_request')
  }
})

test('without a key one is made and told, and a request that is not valid stores nothing', async () => {
  const { headers, body } = await app.post('/payments', wish)
  const key = headers.get('idempotency-key') ?? ''
  assert.match(key, /^idk_/)
  const repeat = await app.post('/payments', wish, { key })
  assert.equal(repeat.body.id, body.id)
  const refused = await app.post('/payments', { ...wish, amount_cents: 0 }, { key: 'invalid' })
  assert.equal(refused.status, 400)
  const mended = await app.post('/payments', wish, { key: 'invalid' })
  assert.equal(mended.status, 201)
})

test('refunds with one key are one refund', async () => {
  const { body } = await app.post('/payments', charge)
  const path = `/payments/${body.id}/refund`
  const first = await app.post(path, { amount_cents: 300 }, { key: 'refund-1' })
  const repeat = await app.post(path, { amount_cents: 300 }, { key: 'refund-1' })
  assert.equal(repeat.text, first.text)
  const read = await app.get(`/payments/${body.id}`)
  assert.equal(read.body.amount_refunded_cents, 300)
})

test('one reference is one payment, whatever the keys', async () => {
  const body = { ...charge, reference: 'order-77' }
  const first = await app.post('/payments', body, { key: 'click-1' })
  assert.equal(first.status, 201, first.text)
  const second = await app.post('/payments', body, { key: 'click-2' })
  assert.equal(second.status, 200)
  assert.equal(second.body.id, first.body.id)
  const without = await app.post('/payments', body)
  assert.equal(without.body.id, first.body.id)
  const other = await app.post('/payments', { ...body, amount_cents: 999 })
  assert.equal(other.status, 409)
  assert.equal(other.body.code, 'reference_already_used')
  assert.match(other.body.detail, new RegExp(first.body.id))
})

test('fifty double clicks with one reference and no key are one charge', async () => {
  const body = { ...charge, reference: 'order-78' }
  const answers = await Promise.all(Array.from({ length: 50 }, () => app.post('/payments', body)))
  const ids = new Set(answers.map((answer) => answer.body.id))
  assert.equal(
    ids.size,
    1,
    JSON.stringify(answers.map(({ status, body: told }) => [status, told.code])),
  )
})

test('an answer is erased after 30 days, and a later repeat gets the payment as it is', async () => {
  const first = await app.post('/payments', charge, { key: 'old' })
  await app.sql(
    `update idempotency_keys set settled_at = settled_at - interval '31 days' where key = 'old'`,
  )
  const { eraseIdempotencyBodies } = await import('../../src/store/idempotency-keys.ts')
  const { openDatabase } = await import('../../src/store/db.ts')
  await using database = openDatabase({
    url: app.databaseUrl,
    poolSize: 1,
    applicationName: 'test',
  })
  assert.equal(await eraseIdempotencyBodies(database, { days: 30, countMax: 10 }), 1)
  await app.post(`/payments/${first.body.id}/refund`)
  // No process remembers an answer for that long: this one never knew it.
  const { url: at = '' } = await app.start('api')
  const repeat = await app.post('/payments', charge, { key: 'old', at })
  assert.equal(repeat.status, 200)
  assert.equal(repeat.body.id, first.body.id)
  assert.equal(repeat.body.amount_refunded_cents, 1000)
})

test('amounts are plain JSON integers, and the field is named otherwise', async () => {
  for (const amount of [
    ...[
      '0',
      '-1',
      '1.5',
      '1.0',
      '1e2',
      '1E2',
      '9007199254740993',
      '9223372036854775808',
      '100000000',
    ],
    ...['" 10"', '"10"', '"１０"', 'null', 'true', '-0', '49'],
  ]) {
    const raw = JSON.stringify(wish).replace('1000', amount)
    const { status, body } = await app.post('/payments', undefined, { raw })
    assert.equal(status, 400, `${amount}: ${JSON.stringify(body)}`)
    assert.equal(body.errors[0].pointer, '/amount_cents', amount)
  }
  for (const raw of [
    '{"amount_cents":\uff11\uff10}',
    '{"amount_cents":010}',
    '{"amount_cents":+1}',
  ]) {
    const { body } = await app.post('/payments', undefined, { raw })
    assert.equal(body.code, 'body_not_json', raw)
  }
})

test('currencies are charged in their own minor unit, or refused by name', async () => {
  for (const [currency, amount] of [
    ['JPY', 500],
    ['KWD', 1230],
    ['eur', 75],
    ['ISK', 500],
  ] as const) {
    const { body } = await app.post('/payments', { ...charge, currency, amount_cents: amount })
    assert.equal(body.status, 'succeeded', JSON.stringify(body))
    assert.equal(body.amount_received_cents, amount)
    assert.equal(body.currency, currency.toUpperCase())
  }
  for (const [currency, amount, pointer] of [
    ['KWD', 1234, '/amount_cents'],
    ['MGA', 1050, '/amount_cents'],
    ['QQQ', 500, '/currency'],
  ] as const) {
    const { status, body } = await app.post('/payments', {
      ...wish,
      currency,
      amount_cents: amount,
    })
    assert.equal(status, 400)
    assert.equal(body.errors[0].pointer, pointer)
  }
})

test('what no schema knows is refused, and so is what only we may write', async () => {
  for (const [body, pointer] of [
    [{ ...wish, ammount: 1 }, '/ammount'],
    [{ ...wish, confirm: true }, '/payment_method'],
    [{ ...wish, metadata: { payonce_operation: 'x' } }, '/metadata/payonce_operation'],
    [{ amount_cents: 100, currency: 'USD' }, '/user_id'],
    [{ ...wish, provider: 'paypal' }, '/provider'],
  ] as const) {
    const answer = await app.post('/payments', body)
    assert.equal(answer.status, 400)
    assert.equal(answer.body.errors[0].pointer, pointer, answer.text)
  }
})

test('keys are bare or quoted, and of visible characters', () => {
  assert.equal(readIdempotencyKey(undefined), undefined)
  assert.equal(readIdempotencyKey('abc'), 'abc')
  assert.equal(readIdempotencyKey('"a\\"c"'), 'a"c')
  for (const wrong of ['', ' ', 'a b', '"', 'ä', 'x'.repeat(256), ['a', 'b']]) {
    if (wrong === '"') continue
    assert.throws(() => readIdempotencyKey(wrong), /idempotency_key_invalid/, String(wrong))
  }
})

test('after all of it every effect is known once and the books balance', () =>
  assertConsistent(app))
