import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { anyCanary, findCanaries } from '../../test/support/canaries.ts'
import { createMask, maskText } from './mask.ts'

// Put together here, so that no scanner takes this file for a leak.
const key = (kind: string) => `${kind}${'a1B2c3D4'.repeat(3)}`
const hidden: Record<string, string[]> = {
  'card numbers': [
    '4242424242424242',
    '4242 4242 4242 4242',
    '5555-5555-5555-4444',
    '3782 822463 10005',
    '30569309025904',
    '6011111111111117',
    '4242.4242.4242.4242',
    '4242%204242%204242%204242',
  ],
  'e-mail addresses': [
    'ann@example.com',
    'ann.b+shop@mail.example.co.uk',
    'ann%40example.com',
    'ünal@exämple.de',
  ],
  'telephone numbers': [
    '+14155552671',
    '+1 415 555 2671',
    '+44 (0)20 7946 0958',
    '%2B14155552671',
    '(415) 555-2671',
    '415-555-2671',
    '020 7946 0958',
    '06 12 34 56 78',
    '0049 30 12345678',
  ],
  keys: [
    ...['sk_test_', 'sk_live_', 'rk_live_', 'pk_test_', 'payonce_live_', 'payonce_test_'].map(key),
    key('whsec_'),
    key('pi_3Nabc_secret_'),
    `Bearer ${key('')}`,
    `basic ${key('')}==`,
    `t=1764000000,v1=${'5257a869'.repeat(8)}`,
    'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  ],
}

for (const [kind, canaries] of Object.entries(hidden)) {
  test(`${kind} are masked in any field, message, nested JSON and behind escapes`, () => {
    for (const canary of canaries) {
      for (const message of [
        canary,
        `before ${canary} after`,
        `line\n${canary}\tend`,
        `\u0001${canary}\u0002`,
        `say "${canary}"`,
        `/search?q=%22${canary}%22`,
        JSON.stringify({ deep: JSON.stringify({ canary }) }),
      ]) {
        const masked = maskText(JSON.stringify({ message, [canary]: [message] }))
        assert.ok(!masked.includes(canary), `${canary} stays in ${masked}`)
        assert.doesNotThrow(() => JSON.parse(masked), masked)
      }
    }
  })
}

test('the last four digits of a card stay, and the kind of a key', () => {
  assert.equal(maskText('paid with 4242 4242 4242 4242'), 'paid with [card *4242]')
  assert.equal(maskText(key('sk_live_')), 'sk_live_[secret]')
})

test('a card number is found when its expiry date follows or is glued on', () => {
  assert.equal(maskText('4242 4242 4242 4242 12 26 123'), '[card *4242] 12 26 123')
  assert.doesNotMatch(maskText('42424242424242421226123'), /4242424242424242/)
})

test('a card number that is a JSON number becomes a string and other numbers stay as they are', () => {
  const line = JSON.stringify({
    number: 4242424242424242,
    list: [4111111111111111, 1],
    ratio: 0.4242424242424242,
    longer: 1.00123456789012,
    amount_minor: 123456789,
  })
  assert.deepEqual(JSON.parse(maskText(line)), {
    number: '[card *4242]',
    list: ['[card *1111]', 1],
    ratio: 0.4242424242424242,
    longer: 1.00123456789012,
    amount_minor: 123456789,
  })
})

test('passwords in addresses and fields named for a secret are masked', () => {
  const address = 'postgres://app:hunter2@db.example.com:5432/payonce'
  assert.equal(maskText(address), 'postgres://app:[secret]@db.example.com:5432/payonce')
  assert.equal(maskText('redis://:hunt@er2@cache/0'), 'redis://:[secret]@cache/0')
  for (const line of [
    '{"password":"hunter2 \\"x"}',
    '{"m":"{\\"client_secret\\":\\"hunter2\\"}"}',
    'password=hunter2&x=1',
    '{"cvc":"737","m":"cvv=737","security_code":737}',
    '{"phone":"4155552671","customer_phone_number":4155552671}',
  ]) {
    const masked = maskText(line)
    assert.doesNotMatch(masked, /hunter2|737|4155552671/)
    if (line.startsWith('{')) assert.doesNotThrow(() => JSON.parse(masked), masked)
  }
})

test('ids, timestamps, amounts, addresses and digests are left alone', () => {
  for (const line of [
    '2026-11-21T05:12:10.123Z 2026-11-21 10:00:00 01-02-2026 20261121T051210+0000',
    'at 1764000000123 ms, 1764000000123456 us, 1764000000123456789 ns',
    'amount_cents 1234567890, 12345.67 USD, -100, 1,000,000.00',
    '192.168.100.200 203.0.113.195:8080 2001:db8::8a2e:370:7334 10.0.0.0/8',
    'pay_01kaj3n6h2x9v7t4r5q8w0z1y3 pi_3NkQ2eLkdIwHu7ix1Zq evt_1NG8Du2eZvKYlo2CUI79vXWy',
    '8f14e45f-ceea-467a-9575-424242424242 4bf92f3577b34da6a3ce929d0e0e4736',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a4242424242424242b2b0b822cd15d6c15b0f00a08',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'at file:///app/node_modules/@fastify/swagger/index.js:12:34 fastify@5.12.8',
    '100% of 30% growth, 50%30 off, ٣ items, ４２ seats',
    '{"idempotency_key":"order-1234-5678","sequence":12,"amount_cents":4242}',
    'GET /payments?created_from=2026-01-01T00:00:00Z&limit=20 took 0.123456789 s',
    'the password is wrong, the token expired, http://localhost:8000/ready?x=1',
  ]) {
    assert.equal(maskText(line), line)
  }
})

const canary = fc.constantFrom(...Object.values(hidden).flat())
const surroundings = fc.string({ unit: 'grapheme', maxLength: 30 })

test('whatever stands around it, a JSON line stays JSON, holds no canary, and masking again changes nothing', () => {
  const fields = fc.array(fc.tuple(surroundings, canary, surroundings), { maxLength: 4 })
  fc.assert(
    fc.property(fields, fc.jsonValue(), (parts, other) => {
      const texts = parts.map(([before, secret, after]) => `${before} ${secret} ${after}`)
      const masked = maskText(JSON.stringify({ texts, other }))
      JSON.parse(masked)
      for (const [, secret] of parts) assert.ok(!masked.includes(secret), `${secret}: ${masked}`)
      assert.equal(maskText(masked), masked)
    }),
    { numRuns: 500 },
  )
})

test('a Luhn-valid number with any grouping is masked', () => {
  const digits = fc.stringMatching(/^[456]\d{12,17}$/).map((body) => body + checkDigit(body))
  const gap = fc.constantFrom('', ' ', '-')
  fc.assert(
    fc.property(digits, gap, fc.integer({ min: 3, max: 6 }), (number, separator, size) => {
      const grouped = number.replace(new RegExp(`\\d{${size}}(?=\\d)`, 'g'), `$&${separator}`)
      assert.ok(!maskText(`card ${grouped}.`).includes(grouped))
    }),
  )
})

function checkDigit(body: string): string {
  const sum = [...body].reverse().reduce((total, character, index) => {
    const value = Number(character) * (index % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return String((10 - (sum % 10)) % 10)
}

test('no form of a canary survives in a field, a message, an address or JSON within JSON', () => {
  const places: ((text: string) => object)[] = [
    (text) => ({ message: text }),
    (text) => ({ message: `before ${text} after` }),
    (text) => ({ deep: { list: [text, 1] } }),
    (text) => ({ body: JSON.stringify({ note: text }) }),
    (text) => ({ body: JSON.stringify({ body: JSON.stringify({ note: text }) }) }),
    (text) => ({ path: `/search?q=${encodeURIComponent(text)}&page=2` }),
    (text) => ({ path: `/payments/${text}` }),
    (text) => ({ error: { message: `failed: ${text}`, stack: `Error: ${text}\n    at x.ts:1:2` } }),
  ]
  fc.assert(
    fc.property(anyCanary, fc.constantFrom(...places), (one, place) => {
      const line = JSON.stringify(place(one.text))
      const masked = maskText(line)
      assert.deepEqual(findCanaries(masked), [], `${line} becomes ${masked}`)
      JSON.parse(masked)
    }),
    { numRuns: 3000 },
  )
})

test('many lines are masked like each of them alone', () => {
  const lines = fc.array(
    fc.oneof(
      anyCanary.map((one) => JSON.stringify({ message: one.text })),
      fc.jsonValue().map((value) => JSON.stringify({ value })),
    ),
    { minLength: 1, maxLength: 20 },
  )
  fc.assert(
    fc.property(lines, (all) => {
      assert.equal(maskText(all.join('\n')), all.map((line) => maskText(line)).join('\n'))
    }),
  )
})

test('a configured secret is hidden whatever it looks like, and an ordinary word is not', () => {
  const mask = createMask(['correct horse "9"', 'payonce', 'postgres'])
  for (const text of [
    'correct horse "9"',
    JSON.stringify({ a: 'correct horse "9"' }),
    JSON.stringify({ a: JSON.stringify({ b: 'correct horse "9"' }) }),
    `/?q=${encodeURIComponent('correct horse "9"')}`,
  ]) {
    assert.doesNotMatch(mask(text), /horse/)
  }
  assert.equal(mask('postgres at payonce'), 'postgres at payonce')
})

test('a long hostile line costs no more than its length', () => {
  for (const part of [
    'a@',
    '4 ',
    '+1 ',
    '://a:',
    'password=',
    '\\',
    '"cvc":',
    '0 1-',
    '%20',
    'a.',
  ]) {
    const line = part.repeat(60_000 / part.length)
    const before = process.threadCpuUsage()
    maskText(line)
    const { user, system } = process.threadCpuUsage(before)
    const elapsedMs = (user + system) / 1000
    assert.ok(elapsedMs < 500, `${part}: ${elapsedMs} ms`)
  }
})
