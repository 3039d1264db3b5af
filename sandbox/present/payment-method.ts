import { hash } from 'node:crypto'
import type Stripe from 'stripe'
import { cardNamed } from '../cards.ts'
import type { PaymentMethod } from '../store/records.ts'

const noAddress = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
}

export function presentMethod(method: PaymentMethod): Stripe.PaymentMethod {
  return {
    id: method.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: presentBilling(method),
    card: {
      ...presentCard(method),
      display_brand: cardNamed(method.card).brand,
      generated_from: null,
      networks: { available: [cardNamed(method.card).brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: method.created,
    customer: method.customer,
    customer_account: null,
    livemode: false,
    metadata: { ...method.metadata },
    type: 'card',
  }
}

/** What a payment method and a charge's `payment_method_details` tell alike. */
export function presentCard(method: PaymentMethod) {
  const card = cardNamed(method.card)
  return {
    brand: card.brand,
    checks: {
      address_line1_check: null,
      address_postal_code_check: null,
      cvc_check: 'pass',
    },
    country: card.country,
    exp_month: method.month,
    exp_year: method.year,
    fingerprint: fingerprintOf(card.name),
    funding: card.funding,
    last4: card.number.slice(-4),
  }
}

const fingerprints = new Map<string, string>()

/** The same card has the same fingerprint. */
function fingerprintOf(name: string): string {
  const known = fingerprints.get(name)
  if (known !== undefined) return known
  const fingerprint = hash('sha256', name, 'base64url').replaceAll(/[-_]/g, '').slice(0, 16)
  fingerprints.set(name, fingerprint)
  return fingerprint
}

export function presentBilling(method: PaymentMethod): Stripe.PaymentMethod.BillingDetails {
  const { address, ...rest } = method.billing as Partial<Stripe.PaymentMethod.BillingDetails>
  return {
    email: null,
    name: null,
    phone: null,
    tax_id: null,
    ...rest,
    address: { ...noAddress, ...address },
  }
}
