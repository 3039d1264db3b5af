import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import Stripe from 'stripe'
import { startVerification } from './verify-webhook.ts'

const secret = 'whsec_test_secret'
const nowSeconds = 1_800_000_000
const body = Buffer.from(JSON.stringify({ id: 'evt_1', livemode: false, text: 'é' }, null, 2))
const sdk = new Stripe('sk_test_x')

const mac = (key: string, bytes: string | Buffer, timestamp: number | string = nowSeconds) =>
  createHmac('sha256', key).update(`${timestamp}.`).update(bytes).digest('hex')

function verify(
  header: string | undefined,
  options: Partial<{ secrets: string[]; body: Buffer }> = {},
) {
  const sent = options.body ?? body
  const verification = startVerification({
    header,
    secrets: options.secrets ?? [secret],
    nowSeconds,
  })
  for (let offset = 0; offset < sent.length; offset += 7) {
    verification.update(sent.subarray(offset, offset + 7))
  }
  const result = verification.finish()
  return result.ok || result.likelyCause
    ? result
    : { ...result, likelyCause: verification.explain(sent) }
}

function failureOf(result: ReturnType<typeof verify>): { code: string; likelyCause: string } {
  assert.equal(result.ok, false)
  return result.ok ? assert.fail() : { likelyCause: '', ...result }
}

test('a header the official SDK generates is accepted, whatever the chunks', () => {
  const header = sdk.webhooks.generateTestHeaderString({
    payload: body.toString(),
    secret,
    timestamp: nowSeconds,
  })
  assert.deepEqual(verify(header), { ok: true, timestamp: nowSeconds, secretIndex: 0 })
})

test('what we accept and refuse agrees with the official SDK', () => {
  const good = mac(secret, body)
  const headers = [
    `t=${nowSeconds},v1=${good}`,
    `v1=${good},t=${nowSeconds}`,
    `t=${nowSeconds},v1=${mac('whsec_other', body)},v1=${good}`,
    `t=${nowSeconds},v0=${good}`,
    `t=${nowSeconds},v1=${mac('whsec_other', body)}`,
    `t=${nowSeconds + 1},v1=${good}`,
    `t=${nowSeconds}`,
    `v1=${good}`,
    `t=,v1=${good}`,
    `t=abc,v1=${good}`,
    `t=${nowSeconds},v1=${good.slice(2)}`,
    `t=${nowSeconds},v1=`,
    '=,=,==,,',
    'nonsense',
  ]
  for (const header of headers) {
    const accepted = (() => {
      try {
        sdk.webhooks.constructEvent(body, header, secret, 300, undefined, nowSeconds * 1000)
        return true
      } catch {
        return false
      }
    })()
    assert.equal(verify(header).ok, accepted, header)
  }
})

test('any of several secrets may have signed, and it is told which', () => {
  const header = `t=${nowSeconds},v1=${mac('whsec_old', body)}`
  const result = verify(header, { secrets: ['whsec_new', 'whsec_old'] })
  assert.deepEqual(result, { ok: true, timestamp: nowSeconds, secretIndex: 1 })
})

test('no secret means nothing is accepted', () => {
  const header = `t=${nowSeconds},v1=${mac('', body)}`
  assert.equal(failureOf(verify(header, { secrets: [] })).code, 'signature_mismatch')
})

test('the timestamp is bound by the tolerance on both sides, and the clock is named as the cause', () => {
  for (const off of [-300, 300]) {
    const timestamp = nowSeconds + off
    assert.equal(verify(`t=${timestamp},v1=${mac(secret, body, timestamp)}`).ok, true)
  }
  for (const [off, cause] of [
    [-301, /301 s old/],
    [301, /301 s in the future/],
  ] as const) {
    const timestamp = nowSeconds + off
    const failed = failureOf(verify(`t=${timestamp},v1=${mac(secret, body, timestamp)}`))
    assert.equal(failed.code, 'timestamp_outside_tolerance')
    assert.match(failed.likelyCause, cause)
  }
})

test('a missing signature says what is missing and needs no body', () => {
  for (const [header, cause] of [
    [undefined, /no Stripe-Signature header/],
    [`t=${nowSeconds},v0=${mac(secret, body)}`, /only other schemes/],
    [`v1=${mac(secret, body)}`, /no timestamp/],
    [`t=${nowSeconds},v1=zz`, /64 hexadecimal digits/],
  ] as const) {
    const verification = startVerification({ header, secrets: [secret], nowSeconds })
    assert.equal(verification.failed?.code, 'signature_missing')
    assert.match(verification.failed?.likelyCause ?? '', cause)
  }
})

test('a body that was parsed and written out again is told apart from a wrong secret', () => {
  const header = `t=${nowSeconds},v1=${mac(secret, body)}`
  const compact = Buffer.from(JSON.stringify(JSON.parse(body.toString())))
  const failed = failureOf(verify(header, { body: compact }))
  assert.equal(failed.code, 'signature_mismatch')
  assert.match(failed.likelyCause, /re-serialised the body/)
  const pretty = failureOf(verify(`t=${nowSeconds},v1=${mac(secret, compact)}`))
  assert.match(pretty.likelyCause, /re-serialised the body/)
})

test('a wrong secret is explained with the mode of the event, and never with the secret', () => {
  const failed = failureOf(verify(`t=${nowSeconds},v1=${mac('whsec_live', body)}`))
  assert.match(failed.likelyCause, /livemode false/)
  assert.doesNotMatch(failed.likelyCause, /whsec/)
})

test('explaining is bounded in nesting and size', () => {
  const header = `t=${nowSeconds},v1=${mac('whsec_other', body)}`
  for (const deep of ['['.repeat(30_000) + ']'.repeat(30_000), `"${'x'.repeat(100_000)}"`]) {
    assert.equal(failureOf(verify(header, { body: Buffer.from(deep) })).code, 'signature_mismatch')
  }
})
