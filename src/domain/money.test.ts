import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import fc from 'fast-check'
import { sharedDataDir, skipWithoutSharedData } from '../../test/support/shared-data.ts'
import {
  type Currency,
  currencies,
  exponentOf,
  parseCurrency,
  providerExponent,
} from './currencies.ts'
import {
  add,
  compare,
  formatMoney,
  isZero,
  money,
  rescaleMinor,
  subtract,
  toJsonInteger,
} from './money.ts'

const anyCurrency = fc.constantFrom(...currencies)
const anyMinor = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n })

function currency(code: string): Currency {
  const parsed = parseCurrency(code)
  assert.ok(parsed, code)
  return parsed
}

test('what is shown is the amount, digit for digit, in every currency', () => {
  fc.assert(
    fc.property(anyMinor, anyCurrency, (minor, code) => {
      const shown = formatMoney(money(minor, code))
      const [digits, shownCode] = shown.split(' ')
      assert.equal(shownCode, code)
      assert.equal((digits?.split('.')[1] ?? '').length, exponentOf(code))
      assert.equal(BigInt((digits ?? '').replace('.', '')), minor)
    }),
  )
})

test('amounts are shown with the decimals of their currency', () => {
  assert.equal(formatMoney(money(1234n, currency('USD'))), '12.34 USD')
  assert.equal(formatMoney(money(5n, currency('USD'))), '0.05 USD')
  assert.equal(formatMoney(money(-5n, currency('USD'))), '-0.05 USD')
  assert.equal(formatMoney(money(500n, currency('JPY'))), '500 JPY')
  assert.equal(formatMoney(money(1234n, currency('KWD'))), '1.234 KWD')
  assert.equal(formatMoney(money(9_007_199_254_740_993n, currency('EUR'))), '90071992547409.93 EUR')
})

test('adding and subtracting the same amount changes nothing', () => {
  fc.assert(
    fc.property(anyMinor, anyMinor, anyCurrency, (a, b, code) => {
      const back = subtract(add(money(a, code), money(b, code)), money(b, code))
      assert.equal(compare(back, money(a, code)), 0)
      assert.ok(isZero(subtract(back, back)))
    }),
  )
})

test('amounts of two currencies never meet', () => {
  const dollars = money(1n, currency('usd'))
  const euros = money(1n, currency('EUR'))
  for (const operation of [add, subtract, compare]) {
    assert.throws(() => operation(dollars, euros), /two currencies: USD and EUR/)
  }
})

test('a currency is read in any case; what ISO 4217 does not list is not a currency', () => {
  assert.equal(parseCurrency('uSd'), 'USD')
  for (const code of ['', 'US', 'USDT', 'ZZZ', '$$$', 'constructor']) {
    assert.equal(parseCurrency(code), undefined)
  }
})

test('an amount sent to a provider comes back as the same amount, in every currency', () => {
  fc.assert(
    fc.property(anyMinor, anyCurrency, (minor, code) => {
      const [from, to] = [exponentOf(code), providerExponent('stripe', code)]
      // Only whole units the provider can count are sent.
      const unit = 10n ** BigInt(Math.max(0, from - to))
      const sendable = (minor / unit) * unit
      assert.equal(rescaleMinor(rescaleMinor(sendable, from, to), to, from), sendable)
    }),
  )
  assert.throws(() => rescaleMinor(15n, 1, 0), /does not fit/)
})

test('a JSON number is exact or refused', () => {
  assert.equal(toJsonInteger(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER)
  for (const amount of [2n ** 53n, -(2n ** 53n), 2n ** 70n]) {
    assert.throws(() => toJsonInteger(amount), /does not fit a JSON number/)
  }
})

test('our tables agree with the published facts', skipWithoutSharedData(), () => {
  const published = JSON.parse(
    readFileSync(join(sharedDataDir() ?? '', 'cards', 'currencies.json'), 'utf8'),
  )
  assert.deepEqual([...currencies].sort(), Object.keys(published.currencies).sort())
  for (const code of currencies) {
    assert.equal(exponentOf(code), published.currencies[code].exponent, code)
    const special = published.stripe.iso_differs_from_stripe[code]
    const expected =
      special?.stripe ??
      (published.stripe.zero_decimal.includes(code)
        ? 0
        : published.stripe.three_decimal.includes(code)
          ? 3
          : 2)
    assert.equal(providerExponent('stripe', code), expected, code)
  }
})
