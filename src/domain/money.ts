/**
 * Money: integer minor units of one currency. No operation goes through a floating-point number, and none mixes
 * currencies.
 */
import { type Currency, exponentOf } from './currencies.ts'

export type Money = { readonly amountMinor: bigint; readonly currency: Currency }

export function money(amountMinor: bigint, currency: Currency): Money {
  return { amountMinor, currency }
}

export function add(a: Money, b: Money): Money {
  requireSameCurrency(a, b)
  return { amountMinor: a.amountMinor + b.amountMinor, currency: a.currency }
}

export function subtract(a: Money, b: Money): Money {
  requireSameCurrency(a, b)
  return { amountMinor: a.amountMinor - b.amountMinor, currency: a.currency }
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  requireSameCurrency(a, b)
  if (a.amountMinor === b.amountMinor) return 0
  return a.amountMinor < b.amountMinor ? -1 : 1
}

export function isZero(amount: Money): boolean {
  return amount.amountMinor === 0n
}

/** `12.34 USD`, `500 JPY`, `1.234 KWD`: as many decimals as the currency has, digit for digit. */
export function formatMoney({ amountMinor, currency }: Money): string {
  const exponent = exponentOf(currency)
  const sign = amountMinor < 0n ? '-' : ''
  const digits = (amountMinor < 0n ? -amountMinor : amountMinor)
    .toString()
    .padStart(exponent + 1, '0')
  const whole = digits.slice(0, digits.length - exponent)
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`
  return `${sign}${whole}${fraction} ${currency}`
}

/** The amount counted with other decimals; throws where a digit would be lost. */
export function rescaleMinor(
  amountMinor: bigint,
  fromExponent: number,
  toExponent: number,
): bigint {
  if (toExponent >= fromExponent) return amountMinor * 10n ** BigInt(toExponent - fromExponent)
  const divisor = 10n ** BigInt(fromExponent - toExponent)
  if (amountMinor % divisor !== 0n) {
    throw new RangeError(`${amountMinor} with ${fromExponent} decimals does not fit ${toExponent}`)
  }
  return amountMinor / divisor
}

/** An amount as a JSON number; throws where a reader would round it. */
export function toJsonInteger(amountMinor: bigint): number {
  const asNumber = Number(amountMinor)
  if (!Number.isSafeInteger(asNumber)) {
    throw new RangeError(`${amountMinor} does not fit a JSON number exactly`)
  }
  return asNumber
}

function requireSameCurrency(a: Money, b: Money): void {
  if (a.currency !== b.currency) {
    throw new TypeError(`amounts of two currencies: ${a.currency} and ${b.currency}`)
  }
}
