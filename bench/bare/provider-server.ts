/**
 * The bare provider: `node provider-server.ts <port>`. It answers every `POST /v1/payment_intents` at once with a
 * payment that succeeded, of the size and shape Stripe answers with, and remembers nothing.
 */
import { createServer, type IncomingMessage } from 'node:http'

const [port] = process.argv.slice(2)
let count = 0

async function answer(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  if (request.method === 'GET') return '{}'
  const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
  const metadata: Record<string, string> = {}
  for (const [name, value] of form) {
    const field = /^metadata\[(.*)\]$/.exec(name)?.[1]
    if (field !== undefined) metadata[field] = value
  }
  const tag = (++count).toString(36).padStart(12, '0')
  const amount = Number(form.get('amount'))
  return JSON.stringify({
    id: `pi_3Qbare${tag}`,
    object: 'payment_intent',
    allowed_payment_method_types: ['card'],
    amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: amount,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: form.get('capture_method') ?? 'automatic_async',
    client_secret: `pi_3Qbare${tag}_secret_tqf1MGvtz68035U4k2ZPvEcxg`,
    confirmation_method: 'automatic',
    created: Math.floor(Date.now() / 1000),
    currency: form.get('currency'),
    customer: null,
    customer_account: null,
    description: form.get('description'),
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: `ch_3Qbare${tag}`,
    livemode: false,
    managed_payments: null,
    metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: `pm_1Qbare${tag}`,
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
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  })
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  answer(request).then(
    (body) => {
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'request-id': `req_${count}`,
      }
      response.writeHead(200, headers).end(body)
    },
    (error: unknown) => {
      console.error(error)
      response.writeHead(500, { 'content-length': 0 }).end()
    },
  )
})
server.listen(Number(port), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
