import { isCurrency } from '../domain/currencies.ts'
import { formatMoney } from '../domain/money.ts'

/** `10.00 USD`. A currency that ISO 4217 does not list has no known decimals and is told as the provider told it. */
export function moneyOf(amountMinor: bigint, currency: string): string {
  return isCurrency(currency)
    ? formatMoney({ amountMinor, currency })
    : `${amountMinor} minor units of ${currency}`
}

/** The amount alone, for tables in which the currency has a column of its own. */
export function amountOf(amountMinor: bigint, currency: string): string {
  if (!isCurrency(currency)) return `${amountMinor} minor`
  return formatMoney({ amountMinor, currency }).slice(0, -(currency.length + 1))
}
