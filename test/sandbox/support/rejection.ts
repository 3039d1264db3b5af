import assert from 'node:assert/strict'
import Stripe from 'stripe'

/** The error of a call that must fail. */
export async function rejection(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call
  } catch (error) {
    assert.ok(error instanceof Stripe.errors.StripeError, String(error))
    return error
  }
  throw new Error('the call went through')
}
