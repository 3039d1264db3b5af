/**
 * The bare payment server: `node payment-server.ts <shared|phase|statements> <port> <database url> <provider url>`. It
 * takes `POST /payments`, commits the intent, asks the provider through the official SDK, commits the outcome, and
 * answers 201. No authentication, no limits, no log, no repeats, no unknown outcomes, no webhooks.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import pg from 'pg'
import { openIdSource } from '../../src/store/new-id.ts'
import { openBareProvider } from './bare-provider.ts'
import { type PaymentForm, paymentForms, storePayments } from './store-payments.ts'

/** As many as ours has. */
const POOL_SIZE = 10
const [form, port, url, providerUrl = ''] = process.argv.slice(2)
if (!paymentForms.includes(form as PaymentForm)) throw new Error(`${form}: no form of a payment`)
const pool = new pg.Pool({
  connectionString: url,
  max: POOL_SIZE,
  // As in our own hot pool: without it the plans of empty tables would stay.
  options: '-c jit=off -c enable_seqscan=off',
})
const store = storePayments(pool, form as PaymentForm)
const charge = openBareProvider(providerUrl)
const newId = openIdSource()

type Wish = { user_id: string; amount_cents: number; currency: string; payment_method: string }
type Answer = { status: number; body: string }

async function pay(request: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  if (request.method === 'GET') return { status: 200, body: '{}' }
  const bytes = Buffer.concat(chunks)
  const wish = JSON.parse(bytes.toString('utf8')) as Wish
  const { user_id: user, amount_cents: amount, currency, payment_method: method } = wish
  const key = String(request.headers['idempotency-key'])
  const id = newId('payment')
  const attempt = newId('paymentAttempt')
  const fingerprint = createHash('sha256').update(bytes).digest('hex')
  const shown = { id, user_id: user, amount_cents: amount, currency, payment_method: method }
  const begun = { ...shown, status: 'processing' }
  const intent = { id, attempt, key, fingerprint, user, amount, currency }
  if (!(await store.begin({ ...intent, request: JSON.stringify(wish), payload: begun }))) {
    return { status: 409, body: '{"code":"idempotency_key_in_use"}' }
  }
  const told = await charge({ amount, currency, method, paymentId: id, providerKey: attempt })
  const payload = { ...shown, status: told.status, stripe_payment_intent_id: told.reference }
  const answer = JSON.stringify(payload)
  const entry = newId('journalEntry')
  const { reference, charge: chargeId } = told
  const outcome = { id, attempt, key, entry, amount, currency, reference, charge: chargeId }
  await store.settle({ ...outcome, answer, payload })
  return { status: 201, body: answer }
}

const server = createServer((request, response) => {
  pay(request).then(
    ({ status, body }) => {
      const length = Buffer.byteLength(body)
      const headers = { 'content-type': 'application/json', 'content-length': length }
      response.writeHead(status, headers).end(body)
    },
    (error: unknown) => {
      console.error(error)
      response.writeHead(500, { 'content-length': 0 }).end()
    },
  )
})
server.listen(Number(port), '127.0.0.1')
process.once('SIGTERM', () => process.exit(0))
