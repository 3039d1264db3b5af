/**
 * Currencies: which codes exist (ISO 4217) and how many decimals each has.
 *
 * A provider may count in other units than ISO says; `providerExponent` holds those exceptions, so that nothing
 * outside this file knows them.
 */
declare const currencyBrand: unique symbol
/** An ISO 4217 code in upper case that the table below knows. */
export type Currency = string & { readonly [currencyBrand]: true }

const codesByExponent: Record<number, string> = {
  0: `BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XAG XAU XBA XBB XBC XBD XDR XOF XPD XPF XPT XSU
    XTS XUA XXX`,
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
    CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL
    HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
    MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP
    SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW
    ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

const exponents: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByExponent).flatMap(([exponent, codes]) =>
    codes.split(/\s+/).map((code) => [code, Number(exponent)] as const),
  ),
)

/** Every code of the table, in the order of its decimals. */
export const currencies: readonly Currency[] = [...exponents.keys()].filter(isCurrency)

export function isCurrency(code: string): code is Currency {
  return exponents.has(code)
}

/** Reads a code in any case; undefined when ISO 4217 does not list it. */
export function parseCurrency(text: string): Currency | undefined {
  const code = text.toUpperCase()
  return isCurrency(code) ? code : undefined
}

/** Decimals of the currency's minor unit by ISO 4217. */
export function exponentOf(currency: Currency): number {
  const exponent = exponents.get(currency)
  if (exponent === undefined) throw new RangeError(`not an ISO 4217 code: ${currency}`)
  return exponent
}

const stripeZeroDecimal = new Set(
  'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' '),
)
const stripeThreeDecimal = new Set('BHD JOD KWD OMR TND'.split(' '))

/**
 * Decimals of the amounts a provider sends and expects. Stripe counts every currency it does not list in hundredths:
 * ISK and UGX too, although both have no minor unit any more.
 */
export function providerExponent(provider: 'stripe', currency: Currency): number {
  switch (provider) {
    case 'stripe':
      if (stripeZeroDecimal.has(currency)) return 0
      return stripeThreeDecimal.has(currency) ? 3 : 2
  }
}
