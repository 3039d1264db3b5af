/**
 * Amounts as Stripe counts them, and in the minor units of ISO 4217 as everybody else does. They differ for ISK and UGX
 * (hundredths at Stripe, whole units by ISO), MGA (whole, fifths by custom and hundredths by ISO), IQD and LYD
 * (hundredths, thousandths by ISO). Source: https://docs.stripe.com/currencies, special cases.
 */
import { exponentOf, parseCurrency, providerExponent } from '../../domain/currencies.ts'
import { rescaleMinor } from '../../domain/money.ts'
import { integerOf, type StripeObject, wrong } from './stripe-object.ts'

/**
 * The amount in a field, in minor units of `currency`; undefined when the field is not there.
 * @throws DomainError when it is no exact integer, below zero, or no whole number of our units
 */
export function amountOf(
  object: StripeObject,
  field: string,
  currency: string | undefined,
): number | undefined {
  const told = integerOf(object, field)
  if (told !== undefined && told < 0) throw wrong(`/${field}`, 'an integer of at least 0')
  return signedAmountOf(object, field, currency)
}

/** The same of a movement, which may go either way: a payout that is drawn back, a fee that is returned. */
export function signedAmountOf(
  object: StripeObject,
  field: string,
  currency: string | undefined,
): number | undefined {
  const told = integerOf(object, field)
  if (told === undefined) return undefined
  const known = currency === undefined ? undefined : parseCurrency(currency)
  if (known === undefined) return told
  const [theirs, ours] = [providerExponent('stripe', known), exponentOf(known)]
  if (theirs === ours) return told
  if (theirs > ours && told % 10 ** (theirs - ours) !== 0) {
    throw wrong(`/${field}`, `a whole amount of ${known}, which Stripe tells in hundredths`)
  }
  const amount = Number(rescaleMinor(BigInt(told), theirs, ours))
  if (!Number.isSafeInteger(amount)) throw wrong(`/${field}`, 'an amount we can count')
  return amount
}

/**
 * Minor units of `currency` as Stripe counts them.
 * @throws RangeError when Stripe cannot count so exactly
 */
export function toStripeAmount(amountMinor: bigint, currency: string): bigint {
  const known = parseCurrency(currency)
  if (known === undefined) return amountMinor
  return rescaleMinor(amountMinor, exponentOf(known), providerExponent('stripe', known))
}
