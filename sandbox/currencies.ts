/** What Stripe accepts as an amount: decimals per currency are ours to share, the limits below are its own. */
import { parseCurrency, providerExponent } from '../src/domain/currencies.ts'
import { invalid } from './stripe/errors.ts'

const AMOUNT_MAX = 99_999_999
const roundedToHundreds = new Set(['ISK', 'UGX'])

/** Examples of Stripe's least charges, in the units it counts in; 1 where none is known. */
const leastAmounts: Readonly<Record<string, number>> = {
  AED: 200,
  AUD: 50,
  BGN: 100,
  BRL: 50,
  CAD: 50,
  CHF: 50,
  CZK: 1500,
  DKK: 250,
  EUR: 50,
  GBP: 30,
  HKD: 400,
  HUF: 17500,
  INR: 50,
  JPY: 50,
  MXN: 1000,
  MYR: 200,
  NOK: 300,
  PLN: 200,
  RON: 200,
  SEK: 300,
  SGD: 50,
  THB: 1000,
  USD: 50,
}

/** Reads `usd` or `USD`; Stripe shows it in lower case. */
export function readCurrency(text: string): string {
  const currency = parseCurrency(text)
  if (currency === undefined) throw invalid(`Invalid currency: ${text.slice(0, 10)}`, 'currency')
  return currency.toLowerCase()
}

export function assertAmount(amount: number, currency: string): void {
  const code = currency.toUpperCase()
  if (amount < 1)
    throw invalid(
      'This value must be greater than or equal to 1.',
      'amount',
      'parameter_invalid_integer',
    )
  if (amount > AMOUNT_MAX)
    throw invalid('Amount must be no more than 99999999', 'amount', 'amount_too_large')
  assertUnit(amount, currency)
  const least = leastAmounts[code] ?? 1
  if (amount < least)
    throw invalid(`Amount must be at least ${least} ${currency}`, 'amount', 'amount_too_small')
}

/** Three-decimal currencies end in 0; those without a minor unit that Stripe counts in hundredths end in 00. */
export function assertUnit(amount: number, currency: string): void {
  const parsed = parseCurrency(currency)
  if (parsed === undefined) throw invalid('Invalid currency', 'currency')
  const step =
    providerExponent('stripe', parsed) === 3 ? 10 : roundedToHundreds.has(parsed) ? 100 : 1
  if (amount % step === 0) return
  throw invalid(
    `Invalid amount: ${amount} ${currency} must be a multiple of ${step}.`,
    'amount',
    'parameter_invalid_integer',
  )
}
