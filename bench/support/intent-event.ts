/** A `payment_intent.succeeded` event with the fields and the size (about 3 KB) Stripe sends. */
import type { EventBody } from '../../test/support/inbox.ts'

const tagOf = (number: number) => number.toString(36).padStart(12, '0')

/** Ids sort as their numbers do. */
export const intentEventId = (number: number) => `evt_3Qbench${tagOf(number)}`

export function makeIntentEvent(number: number, createdAtSeconds: number): EventBody {
  const tag = tagOf(number)
  const intent = {
    id: `pi_3Qbench${tag}`,
    object: 'payment_intent',
    amount: 1000 + (number % 50_000),
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 1000 + (number % 50_000),
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic',
    client_secret: `pi_3Qbench${tag}_secret_AbCdEfGhIjKlMnOpQrStUvWxY`,
    confirmation_method: 'automatic',
    created: createdAtSeconds - 5,
    currency: 'usd',
    customer: `cus_Q${tag}`,
    description: `Order ${number}: two tickets and a programme`,
    last_payment_error: null,
    latest_charge: `ch_3Qbench${tag}`,
    livemode: false,
    metadata: { order_id: `order_${number}`, cart: `cart_${tag}`, channel: 'web' },
    next_action: null,
    on_behalf_of: null,
    payment_method: `pm_1Qbench${tag}`,
    payment_method_configuration_details: { id: 'pmc_1QbenchConfiguration', parent: null },
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null },
      link: { persistent_token: null },
    },
    payment_method_types: ['card', 'link', 'klarna', 'cashapp', 'amazon_pay', 'us_bank_account'],
    processing: null,
    receipt_email: `customer.${tag}@example.com`,
    review: null,
    setup_future_usage: null,
    shipping: {
      address: {
        city: 'Springfield',
        country: 'US',
        line1: `${number} Evergreen Terrace, apartment on the second floor`,
        line2: null,
        postal_code: '49007',
        state: 'OR',
      },
      carrier: null,
      name: 'A Customer of the Bench',
      phone: '+15550100',
      tracking_number: null,
    },
    source: null,
    statement_descriptor: 'PAYONCE BENCH',
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: `group_${tag}_${'g'.repeat(40)}`,
  }
  const event = {
    id: intentEventId(number),
    object: 'event',
    api_version: '2026-10-28.endive',
    created: createdAtSeconds,
    data: { object: intent },
    livemode: false,
    pending_webhooks: 1,
    request: { id: `req_${tag}`, idempotency_key: `key-${tag}-${tag}` },
    type: 'payment_intent.succeeded',
  }
  return event
}
