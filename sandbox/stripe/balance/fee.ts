import { parseCurrency, providerExponent } from '../../../src/domain/currencies.ts'

const FEE_PPM = 29_000
const PPM = 1_000_000
/** thirty hundredths of a major unit */
const FIXED_HUNDREDTHS = 30

/** 2.9 % and 0.30 of the currency, rounded as a whole; never more than the charge. */
export function feeOf(amount: number, currency: string): number {
  const code = parseCurrency(currency)
  const exponent = code === undefined ? 2 : providerExponent('stripe', code)
  const fixed = Math.round((FIXED_HUNDREDTHS * 10 ** exponent) / 100)
  return Math.min(amount, Math.round((amount * FEE_PPM) / PPM) + fixed)
}
