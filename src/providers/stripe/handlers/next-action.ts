import type { NextAction } from '../../../domain/payment.ts'
import { objectOf, type StripeObject, textOf } from '../stripe-object.ts'

/** What the customer has to do: an address to go to, or something that only Stripe's own script can do. */
export function nextActionOf(intent: StripeObject): NextAction | null {
  const action = objectOf(intent.next_action)
  const type = action && textOf(action, 'type')
  if (action === undefined || type === undefined) return null
  const redirect = objectOf(action.redirect_to_url)
  const url = redirect && textOf(redirect, 'url')
  const returnUrl = redirect && textOf(redirect, 'return_url')
  return {
    type,
    ...(url !== undefined && { url }),
    ...(returnUrl !== undefined && { return_url: returnUrl }),
  }
}
