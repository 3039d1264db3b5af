/** The parameters of creating, updating and confirming an intent. */
import { assertAmount, readCurrency } from '../../currencies.ts'
import type { Params } from '../../http/params.ts'
import type { Extra, Intent, Metadata } from '../../store/records.ts'
import { invalid } from '../errors.ts'
import type { Reading } from '../operation.ts'
import { type NewMethod, readMethod } from '../payment-methods.ts'

/** Kept and shown as they came. */
const shown = [
  'customer',
  'description',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const
/** Stripe's own, without an effect here. */
const ignored = [
  'mandate',
  'mandate_data',
  'excluded_payment_method_types',
  'payment_method_options',
  'radar_options',
  'use_stripe_sdk',
] as const

/** From this version on `payment_method_types` is only told, and asked for under another name. */
const TYPES_RENAMED_IN = '2026-09-30'

export const captureMethods = ['automatic', 'automatic_async', 'manual'] as const

export type Confirmation = {
  readonly method: string | undefined
  readonly newMethod: NewMethod | undefined
  readonly returnUrl: string | undefined
  readonly offSession: boolean
  /** rather fails than asks the cardholder */
  readonly refusesChallenge: boolean
}

export type NewIntent = {
  readonly amount: number
  readonly currency: string
  readonly captureMethod: Intent['captureMethod']
  readonly confirmationMethod: Intent['confirmationMethod']
  readonly redirects: boolean | null
  readonly metadata: Metadata
  readonly extra: Extra
  readonly confirms: boolean
  readonly confirmation: Confirmation
}

export function readConfirmation(params: Params, from: Reading): Confirmation {
  const data = params.nested('payment_method_data')
  params.ignore(...ignored)
  const returnUrl = params.text('return_url')
  if (returnUrl !== undefined && !URL.canParse(returnUrl))
    throw invalid('Not a valid URL', 'return_url', 'url_invalid')
  return {
    method: params.text('payment_method') || undefined,
    newMethod: data === undefined ? undefined : readMethod(data, from),
    returnUrl,
    offSession: readOffSession(params),
    refusesChallenge: params.flag('error_on_requires_action') ?? false,
  }
}

/** `true`, or the older words `one_off` and `recurring`. */
function readOffSession(params: Params): boolean {
  const value = params.choice('off_session', ['true', 'false', 'one_off', 'recurring'])
  return value !== undefined && value !== 'false'
}

export function readNewIntent(params: Params, from: Reading): NewIntent {
  const currencyText = params.required('currency')
  const amount = params.integer('amount')
  if (amount === undefined)
    throw invalid('Missing required param: amount.', 'amount', 'parameter_missing')
  const currency = readCurrency(currencyText)
  assertAmount(amount, currency)
  const confirms = params.flag('confirm') ?? false
  const confirmation = readConfirmation(params, from)
  if (confirmation.returnUrl !== undefined && !confirms)
    throw invalid('`return_url` can only be set with confirm=true.', 'return_url')
  return {
    amount,
    currency,
    captureMethod: params.choice('capture_method', captureMethods) ?? 'automatic_async',
    confirmationMethod:
      params.choice('confirmation_method', ['automatic', 'manual']) ?? 'automatic',
    redirects: readRedirects(params, from),
    metadata: params.metadata() ?? {},
    extra: params.extra(...shown),
    confirms,
    confirmation,
  }
}

/** Named methods leave no choice; else the dashboard's methods apply, and some of them redirect. */
function readRedirects(params: Params, { apiVersion }: Reading): boolean | null {
  const name =
    apiVersion < TYPES_RENAMED_IN ? 'payment_method_types' : 'allowed_payment_method_types'
  const types = params.list(name)
  const automatic = params.nested('automatic_payment_methods')
  if (types?.some((type) => type !== 'card'))
    throw invalid('The sandbox takes payment methods of type card', name)
  if (automatic === undefined) return types === undefined ? true : null
  const isEnabled = automatic.flag('enabled') ?? false
  const redirects = automatic.choice('allow_redirects', ['always', 'never']) ?? 'always'
  if (types !== undefined && isEnabled)
    throw invalid(
      `You may only specify one of these parameters: automatic_payment_methods, ${name}.`,
    )
  return isEnabled ? redirects === 'always' : null
}

export type IntentChanges = {
  readonly amount: number | undefined
  readonly currency: string | undefined
  readonly captureMethod: Intent['captureMethod'] | undefined
  readonly method: string | undefined
  readonly metadata: Metadata | undefined
  readonly extra: Extra
}

export function readIntentChanges(params: Params): IntentChanges {
  const currency = params.text('currency')
  params.ignore('payment_method_options', 'allowed_payment_method_types')
  return {
    amount: params.integer('amount'),
    currency: currency === undefined ? undefined : readCurrency(currency),
    captureMethod: params.choice('capture_method', captureMethods),
    method: params.text('payment_method') || undefined,
    metadata: params.metadata(),
    extra: params.extra(...shown),
  }
}
