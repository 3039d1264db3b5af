import type Stripe from 'stripe'
import type { Intent } from '../store/records.ts'
import { presentPaymentError } from './payment-error.ts'
import type { Presenting } from './presenting.ts'

export function presentIntent(from: Presenting, intent: Intent): Stripe.PaymentIntent {
  const { error } = intent
  const errorMethod =
    error?.method == null ? undefined : from.state.find('payment_method', error.method)
  return {
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: intent.redirects === null ? ['card'] : null,
    amount: intent.amount,
    amount_capturable: intent.capturable,
    amount_details: { tip: {} },
    amount_received: intent.received,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: presentAutomatic(intent),
    canceled_at: intent.canceledAt,
    cancellation_reason: intent.cancelReason,
    capture_method: intent.captureMethod,
    client_secret: clientSecretOf(from, intent),
    confirmation_method: intent.confirmationMethod,
    created: intent.created,
    currency: intent.currency,
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: error === null ? null : presentPaymentError(error, errorMethod),
    latest_charge: intent.charge,
    livemode: false,
    managed_payments: null,
    metadata: { ...intent.metadata },
    next_action: intent.status === 'requires_action' ? presentNextAction(from, intent) : null,
    on_behalf_of: null,
    payment_method: intent.method,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: 'automatic',
      },
    },
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: intent.status,
    transfer_data: null,
    transfer_group: null,
    ...(intent.extra as Partial<Stripe.PaymentIntent>),
  }
}

/** Whoever has this may look at the payment and finish it, and nothing else. */
export function clientSecretOf({ chance }: Pick<Presenting, 'chance'>, intent: Intent): string {
  return `${intent.id}_secret_${chance.letters('client_secret', intent.n, 25)}`
}

function presentAutomatic({ redirects }: Intent) {
  if (redirects === null) return null
  return { allow_redirects: redirects ? 'always' : 'never', enabled: true }
}

function presentNextAction(from: Presenting, intent: Intent): Stripe.PaymentIntent.NextAction {
  const url = `${from.origin}/3ds/${intent.id}`
  if (intent.returnUrl !== null)
    return { type: 'redirect_to_url', redirect_to_url: { return_url: intent.returnUrl, url } }
  return {
    type: 'use_stripe_sdk',
    use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url },
  }
}
