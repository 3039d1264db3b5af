/** One call of the official SDK with its Node client and no repeats: how every payment of the benches is charged. */
import Stripe from 'stripe'

export type ChargeWish = {
  amount: number
  currency: string
  method: string
  paymentId: string
  providerKey: string
}
export type Charged = { status: string; reference: string; charge: string }

/** @returns a function that charges at `url` */
export function openBareProvider(url: string): (wish: ChargeWish) => Promise<Charged> {
  const { hostname, port } = new URL(url)
  const stripe = new Stripe('sk_test_bench', {
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createNodeHttpClient(),
    ...{ host: hostname, port, protocol: 'http' },
  })
  return async ({ amount, currency, method, paymentId, providerKey }) => {
    const intent = await stripe.paymentIntents.create(
      {
        ...{ amount, currency: currency.toLowerCase(), confirm: true },
        payment_method: method,
        allowed_payment_method_types: ['card'],
        metadata: { payment_id: paymentId },
      },
      { idempotencyKey: providerKey },
    )
    const { id: reference, status, latest_charge: charge } = intent
    if (charge === null) throw new Error(`${reference} is ${status} and has no charge`)
    return { reference, status, charge: typeof charge === 'string' ? charge : charge.id }
  }
}
