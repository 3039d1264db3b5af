/** Confirming: the method is chosen, the bank may want to see the cardholder, then the charge is tried. */
import type { Intent, PaymentMethod } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { invalid, refused } from '../errors.ts'
import { operation, type Reply, show } from '../operation.ts'
import { cardOf, createMethod, useMethod } from '../payment-methods.ts'
import { declineIntent, tryCharge } from './charge-intent.ts'
import { assertMay } from './intent-states.ts'
import { type Confirmation, readConfirmation } from './read-intent.ts'

export const confirm = operation({
  name: 'payment_intents.confirm',
  method: 'POST',
  path: '/v1/payment_intents/:id/confirm',
  read: (params, from) => {
    params.ignore('capture_method', 'receipt_email', 'setup_future_usage', 'shipping')
    params.ignore('allowed_payment_method_types', 'client_secret')
    return readConfirmation(params, from)
  },
  run: (tx, input, id) => confirmIntent(tx, tx.get('payment_intent', id), input),
})

export function confirmIntent(tx: Transaction, intent: Intent, input: Confirmation): Reply {
  assertMay('confirm', intent)
  const method = chooseMethod(tx, intent, input)
  const returnUrl = input.returnUrl ?? intent.returnUrl
  if (intent.redirects === true && returnUrl === null) throw returnUrlMissing()
  const chosen = { ...intent, method: method.id, returnUrl, error: null }
  const { behavior } = cardOf(method)
  const wantsCardholder =
    behavior === 'challenge' ||
    behavior === 'challenge_then_decline' ||
    (behavior === 'challenge_on_session' && !input.offSession)
  if (!wantsCardholder) return tryCharge(tx, chosen, method)
  if (input.offSession || input.refusesChallenge)
    return declineIntent(tx, chosen, method, {
      code: 'authentication_required',
      declineCode: 'authentication_required',
    })
  const waiting = tx.change('payment_intent', chosen, { status: 'requires_action' })
  tx.emit('payment_intent.requires_action', 'payment_intent', waiting)
  return show('payment_intent', waiting)
}

function chooseMethod(tx: Transaction, intent: Intent, input: Confirmation): PaymentMethod {
  if (input.newMethod !== undefined) return createMethod(tx, input.newMethod)
  const reference = input.method ?? intent.method
  if (reference !== null) return useMethod(tx, reference)
  throw refused(
    "You cannot confirm this PaymentIntent because it's missing a payment method. Update it with one, or confirm it with `payment_method`.",
    'payment_intent_unexpected_state',
    { intent },
  )
}

function returnUrlMissing() {
  return invalid(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never`.",
    'return_url',
  )
}
