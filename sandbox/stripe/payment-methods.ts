/** Cards: made from a test number or a fixed `pm_card_…` name, attached to a customer, kept without their number. */
import {
  cardNamed,
  findCardByAlias,
  findCardByNumber,
  passesLuhn,
  type TestCard,
} from '../cards.ts'
import type { Params } from '../http/params.ts'
import type { Extra, Metadata, PaymentMethod } from '../store/records.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalid, StripeError } from './errors.ts'
import type { Reading } from './operation.ts'

export type NewMethod = {
  readonly card: string
  readonly month: number
  readonly year: number
  readonly billing: Extra
  readonly metadata: Metadata
}

const YEAR_SPAN = 50
const DEFAULT_MONTH = 8
/** Years until the fixed names expire. */
const DEFAULT_YEARS = 3

/** `type`, `card[…]`, `billing_details[…]`: of `payment_methods.create` and of `payment_method_data`. */
export function readMethod(params: Params, { thisYear }: Pick<Reading, 'thisYear'>): NewMethod {
  const type = params.required('type')
  if (type !== 'card') throw invalid('The sandbox takes payment methods of type card', 'type')
  params.ignore('allow_redisplay')
  const billing = params.extra('billing_details').billing_details
  const card = params.nested('card')
  if (card === undefined)
    throw invalid('Missing required param: card.', 'card', 'parameter_missing')
  return {
    ...readCard(card, thisYear),
    billing: typeof billing === 'object' && billing !== null ? (billing as Extra) : {},
    metadata: params.metadata() ?? {},
  }
}

function readCard(params: Params, thisYear: number): Pick<NewMethod, 'card' | 'month' | 'year'> {
  const token = params.text('token')
  if (token !== undefined) {
    const card = findCardByAlias(token.replace(/^tok_/, 'pm_card_'))
    if (card === undefined) throw invalid(`No such token: '${token.slice(0, 50)}'`, 'card[token]')
    return { card: card.name, month: DEFAULT_MONTH, year: thisYear + DEFAULT_YEARS }
  }
  const number = params.required('number').replaceAll(/[\s-]/g, '')
  const month = params.integer('exp_month') ?? 0
  const year = params.integer('exp_year') ?? 0
  const cvc = params.text('cvc')
  params.ignore('networks')
  const card = readNumber(number)
  if (month < 1 || month > 12)
    throw cardError("Your card's expiration month is invalid.", 'invalid_expiry_month', 'exp_month')
  const fullYear = year < 100 ? 2000 + year : year
  if (fullYear < thisYear || fullYear > thisYear + YEAR_SPAN)
    throw cardError("Your card's expiration year is invalid.", 'invalid_expiry_year', 'exp_year')
  if (cvc !== undefined && !/^\d{3,4}$/.test(cvc))
    throw cardError("Your card's security code is invalid.", 'invalid_cvc', 'cvc')
  return { card: card.name, month, year: fullYear }
}

function readNumber(number: string): TestCard {
  if (!passesLuhn(number))
    throw cardError('Your card number is incorrect.', 'incorrect_number', 'number')
  const card = findCardByNumber(number)
  if (card !== undefined) return card
  // The number stays out of the answer: it may be a real one.
  throw new StripeError(
    402,
    'card_error',
    'Your card was declined. Your request was in test mode, but used a non test card.',
    { code: 'card_declined', declineCode: 'test_mode_live_card' },
  )
}

function cardError(message: string, code: string, param: string): StripeError {
  return new StripeError(402, 'card_error', message, { code, param })
}

/** Each use of a fixed name makes a payment method of its own, as at Stripe. */
export function useMethod(
  tx: Transaction,
  reference: string,
  param = 'payment_method',
): PaymentMethod {
  const card = findCardByAlias(reference)
  if (card === undefined) return tx.get('payment_method', reference, param)
  const year = new Date(tx.nowSeconds * 1000).getUTCFullYear() + DEFAULT_YEARS
  const fresh = { card: card.name, month: DEFAULT_MONTH, year, billing: {}, metadata: {} }
  return createMethod(tx, fresh)
}

export function createMethod(tx: Transaction, method: NewMethod): PaymentMethod {
  return tx.create('payment_method', { ...method, customer: null })
}

export const cardOf = (method: PaymentMethod): TestCard => cardNamed(method.card)
