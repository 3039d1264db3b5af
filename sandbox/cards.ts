/**
 * Stripe's test cards as a table: number, name after `pm_card_` (or -), brand, funding, country, behavior, error
 * code, decline code. Only these numbers are accepted, so a real card can never end up here.
 */
export const behaviors = [
  'ok',
  'decline',
  'challenge',
  'challenge_on_session',
  'challenge_then_decline',
  'dispute',
  'two_disputes',
  'inquiry',
  'fraud_warning',
  'refund_pending',
  'refund_fails',
  'available',
] as const
export type Behavior = (typeof behaviors)[number]

export type TestCard = {
  readonly number: string
  /** what the sandbox keeps in place of the number */
  readonly name: string
  /** `pm_card_…`, where Stripe has such a name */
  readonly alias: string | null
  readonly brand: string
  readonly funding: string
  readonly country: string
  readonly behavior: Behavior
  readonly code: string | null
  readonly declineCode: string | null
}

const table = `
4242424242424242 visa visa credit US ok - -
4000056655665556 visa_debit visa debit US ok - -
5555555555554444 mastercard mastercard credit US ok - -
2223003122003222 - mastercard credit US ok - -
5200828282828210 mastercard_debit mastercard debit US ok - -
5105105105105100 mastercard_prepaid mastercard prepaid US ok - -
378282246310005 amex amex credit US ok - -
371449635398431 - amex credit US ok - -
6011111111111117 discover discover credit US ok - -
6011000990139424 - discover credit US ok - -
6011981111111113 - discover debit US ok - -
3056930009020004 diners diners credit US ok - -
36227206271667 - diners credit US ok - -
6555900000604105 - discover credit US ok - -
3566002020360505 jcb jcb credit US ok - -
6200000000000005 unionpay unionpay credit US ok - -
6200000000000047 - unionpay debit US ok - -
6205500000000000004 - unionpay credit US ok - -
4000000320000021 - visa credit AR ok - -
4000000760000002 - visa credit BR ok - -
4000001240000000 - visa credit CA ok - -
4000001520000001 - visa credit CL ok - -
4000001700000003 - visa credit CO ok - -
4000001880000005 - visa credit CR ok - -
4000002180000000 - visa credit EC ok - -
4000004840008001 - visa credit MX ok - -
4000000000000002 visa_chargeDeclined visa credit US decline card_declined generic_decline
4000000000009995 visa_chargeDeclinedInsufficientFunds visa credit US decline card_declined insufficient_funds
4000000000009987 visa_chargeDeclinedLostCard visa credit US decline card_declined lost_card
4000000000009979 visa_chargeDeclinedStolenCard visa credit US decline card_declined stolen_card
4000000000000069 chargeDeclinedExpiredCard visa credit US decline expired_card -
4000000000000127 chargeDeclinedIncorrectCvc visa credit US decline incorrect_cvc -
4000000000000119 chargeDeclinedProcessingError visa credit US decline processing_error -
4242424242424241 - visa credit US decline incorrect_number -
4000000000006975 visa_chargeDeclinedVelocityLimitExceeded visa credit US decline card_declined card_velocity_exceeded
4000000000000341 chargeCustomerFail visa credit US decline card_declined generic_decline
4100000000000019 radarBlock visa credit US decline card_declined fraudulent
4000000000004954 riskLevelHighest visa credit US ok - -
4000000000009235 riskLevelElevated visa credit US ok - -
4000000000000101 cvcCheckFail visa credit US ok - -
4000000000000036 avsZipFail visa credit US ok - -
4000058400307872 cvcCheckFailElevatedRisk visa credit US ok - -
4000058400306072 avsZipFailElevatedRisk visa credit US ok - -
4000000000000028 avsLine1Fail visa credit US ok - -
4000000000000010 avsFail visa credit US ok - -
4000000000000044 avsUnchecked visa credit US ok - -
4000000000000259 createDispute visa credit US dispute - -
4000000000002685 createDisputeProductNotReceived visa credit US dispute - -
4000000000001976 createDisputeInquiry visa credit US inquiry - -
4000000000005423 createIssuerFraudRecord visa credit US fraud_warning - -
4000000404000079 createMultipleDisputes visa credit US two_disputes - -
4000000404000038 createCe3EligibleDispute visa credit US dispute - -
4000008400000779 createComplianceDispute visa credit US dispute - -
4000000000007726 pendingRefund visa credit US refund_pending - -
4000000000005126 refundFail visa credit US refund_fails - -
4000000000000077 bypassPending visa credit US available - -
4000003720000278 bypassPendingInternational visa credit IE available - -
4000002500003155 authenticationRequiredOnSetup visa credit US challenge - -
4000002760003184 authenticationRequired visa credit US challenge - -
4000003800000446 authenticationRequiredSetupForOffSession visa credit US challenge_on_session - -
4000008260003178 authenticationRequiredChargeDeclinedInsufficientFunds visa credit US challenge_then_decline card_declined insufficient_funds
4000000000003220 threeDSecure2Required visa credit US challenge - -
4000008400001629 threeDSecureRequiredChargeDeclined visa credit US challenge_then_decline card_declined -
4000008400001280 threeDSecureRequiredProcessingError visa credit US decline card_declined -
4000000000003055 threeDSecureOptional visa credit US ok - -
4000000000003097 threeDSecureOptionalProcessingError visa credit US ok - -
`

export const testCards: readonly TestCard[] = table.trim().split('\n').map(readRow)

function readRow(row: string): TestCard {
  const [
    number = '',
    name = '',
    brand = '',
    funding = '',
    country = '',
    behavior = '',
    code,
    decline,
  ] = row.split(' ')
  return {
    number,
    name: name === '-' ? `${brand}${country}${number.slice(4, 8)}_${number.slice(-4)}` : name,
    alias: name === '-' ? null : `pm_card_${name}`,
    brand,
    funding,
    country,
    behavior: behavior as Behavior,
    code: orNull(code),
    declineCode: orNull(decline),
  }
}

function orNull(text: string | undefined): string | null {
  return text === undefined || text === '-' ? null : text
}

const byName = new Map(testCards.map((card) => [card.name, card]))
const byNumber = new Map(testCards.map((card) => [card.number, card]))
/** Stripe knows each declining card under a shorter name, too. */
const byAlias = new Map(
  testCards.flatMap((card) =>
    card.alias === null
      ? []
      : [
          [card.alias, card] as const,
          [
            card.alias.replace('pm_card_visa_chargeDeclined', 'pm_card_chargeDeclined'),
            card,
          ] as const,
        ],
  ),
)

export function cardNamed(name: string): TestCard {
  const card = byName.get(name)
  if (card === undefined) throw new Error(`no test card is named ${name}`)
  return card
}

export const findCardByNumber = (number: string) => byNumber.get(number)
export const findCardByAlias = (alias: string) => byAlias.get(alias)

/** The check digit of a card number. */
export function passesLuhn(number: string): boolean {
  const sum = [...number].reverse().reduce((total, digit, at) => {
    const value = at % 2 === 0 ? Number(digit) : Number(digit) * 2
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return /^\d{12,19}$/.test(number) && sum % 10 === 0
}
