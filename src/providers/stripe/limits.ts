import { type Currency, exponentOf, providerExponent } from '../../domain/currencies.ts'
import { DomainError } from '../../domain/errors.ts'

const AMOUNT_MINOR_MAX = 99_999_999n
/** The rupiah has small units, and Stripe takes twelve digits of it. */
const largest: Record<string, bigint> = { IDR: 999_999_999_999n }
/** Least charge by currency, in its minor unit, as Stripe documents it; others have none that is documented. */
const least: Record<string, bigint> = {
  AED: 200n,
  AUD: 50n,
  BGN: 100n,
  BRL: 50n,
  CAD: 50n,
  CHF: 50n,
  CZK: 1500n,
  DKK: 250n,
  EUR: 50n,
  GBP: 30n,
  HKD: 400n,
  HUF: 17_500n,
  INR: 50n,
  JPY: 50n,
  MXN: 1000n,
  MYR: 200n,
  NOK: 300n,
  NZD: 50n,
  PLN: 200n,
  RON: 200n,
  SEK: 300n,
  SGD: 50n,
  THB: 1000n,
  USD: 50n,
}

/** @throws DomainError naming the field: what Stripe would refuse is refused before anything is stored */
export function checkChargeable(amountMinor: bigint, currency: Currency): void {
  const stepMinor = stepOf(currency)
  if (amountMinor % stepMinor !== 0n) {
    throw refused('/amount_cents', `must be a multiple of ${stepMinor} in ${currency} at Stripe`)
  }
  const max = largest[currency] ?? AMOUNT_MINOR_MAX
  if (amountMinor > max) throw refused('/amount_cents', `must be at most ${max} in ${currency}`)
  const min = least[currency] ?? 1n
  if (amountMinor < min) throw refused('/amount_cents', `must be at least ${min} in ${currency}`)
}

/** The least step in which Stripe charges, in the currency's own minor unit. */
function stepOf(currency: Currency): bigint {
  const [theirs, ours] = [providerExponent('stripe', currency), exponentOf(currency)]
  // The third decimal has to be zero where Stripe has three.
  const charged = theirs === 3 ? 2 : theirs
  return ours > charged ? 10n ** BigInt(ours - charged) : 1n
}

function refused(pointer: string, detail: string): DomainError {
  return new DomainError('invalid_request', {
    public: `The body is not valid: ${pointer} ${detail}.`,
    errors: [{ pointer, detail }],
  })
}
