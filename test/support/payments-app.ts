/** The whole application on a database of its own, with the sandbox in Stripe's place. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSandbox, type Sandbox } from '../../sandbox/sandbox.ts'
import { type App, openApp } from '../../src/app.ts'
import { readConfig } from '../../src/config/config.ts'
import type { Role } from '../../src/domain/role.ts'
import { amountOf } from '../../src/providers/stripe/amounts.ts'
import { openDatabase } from '../../src/store/db.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createTestDatabase } from './database.ts'
import { eventually } from './eventually.ts'
import { freePort } from './process.ts'

export const apiKey = 'payonce_test_payments0123456789abcdefghijkl'
export const webhookSecret = 'whsec_payments_0123456789abcdef'

// Answers are looked into field by field; their shape is what the tests are about.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Body = any
export type Answer = { status: number; headers: Headers; body: Body; text: string }

export type PaymentsOptions = {
  /** `all` unless a test wants to see what is there before a worker comes */
  role?: Role
  /** false: the sandbox tells nothing by itself */
  webhooks?: boolean
  /** of the test, when several applications share one */
  databaseUrl?: string
  sandbox?: Sandbox
  /** where a sandbox of the test sends its webhooks */
  port?: number
  environment?: Record<string, string>
}

export async function openPaymentsApp(options: PaymentsOptions = {}) {
  const resources = new AsyncDisposableStack()
  try {
    const databaseUrl = options.databaseUrl ?? resources.use(await createTestDatabase()).url
    const dataDir = await mkdtemp(join(tmpdir(), 'payonce-payments-'))
    resources.defer(() => rm(dataDir, { recursive: true, force: true }))
    const port = options.port || (await freePort())
    const url = `http://127.0.0.1:${port}`
    const sandbox =
      options.sandbox ??
      resources.use(
        await openSandbox({
          seed: 7,
          ...((options.webhooks ?? true) && {
            webhookUrl: `${url}/webhooks/stripe`,
            webhookSecret,
          }),
          report: () => {},
        }),
      )
    const environment = {
      DATABASE_URL: databaseUrl,
      STRIPE_API_BASE: sandbox.address,
      STRIPE_SECRET_KEY: 'sk_test_payments',
      STRIPE_WEBHOOK_SECRET: webhookSecret,
      BOOTSTRAP_API_KEY: apiKey,
      PAYONCE_DATA_DIR: dataDir,
      INSTALLATION_ID: 'payments-test',
      PROVIDER_TIMEOUT_MS: '1000',
      LOG_LEVEL: 'error',
      ...options.environment,
    }
    const start = async (role: Role, at = 0): Promise<App> => {
      const metrics = createMetrics({
        version: '0.0.0',
        environment: 'test',
        knownTypes: new Set(),
      })
      resources.defer(async () => metrics[Symbol.dispose]())
      const app = await openApp({
        config: readConfig({ ...environment, PORT: String(at) }),
        ...{ role, metrics, version: '0.0.0', tracing: undefined },
        logger: createLogger({ level: 'error', destination: { write: () => undefined } }),
        onDatabaseGone: () => {},
      })
      return resources.use(app)
    }
    await start(options.role ?? 'all', port)
    const reader = resources.use(
      openDatabase({ url: databaseUrl, poolSize: 2, applicationName: 'test' }),
    )
    const ask = async (
      method: 'GET' | 'POST',
      path: string,
      body?: unknown,
      more: { key?: string; at?: string; raw?: string } = {},
    ): Promise<Answer> => {
      const payload = more.raw ?? (body === undefined ? undefined : JSON.stringify(body))
      const answer = await fetch(`${more.at ?? url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${apiKey}`,
          ...(payload !== undefined && { 'content-type': 'application/json' }),
          ...(more.key !== undefined && { 'idempotency-key': more.key }),
        },
        ...(payload !== undefined && { body: payload }),
      })
      const text = await answer.text()
      const isJson = answer.headers.get('content-type')?.includes('json')
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        body: isJson ? JSON.parse(text) : undefined,
      }
    }
    const control = async (method: string, path: string, body?: unknown): Promise<Body> => {
      const answer = await fetch(`${sandbox.address}/_sandbox${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      assert.equal(answer.status, 200, `${method} ${path}`)
      return answer.json()
    }
    const sql = async (text: string, values: unknown[] = []): Promise<Body[]> => {
      const name = `test_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`
      return (await reader.query<Body>({ name, text, values })).rows
    }
    return {
      url,
      databaseUrl,
      environment,
      sandbox,
      start,
      sql,
      post: (path: string, body?: unknown, more?: { key?: string; at?: string; raw?: string }) =>
        ask('POST', path, body ?? {}, more),
      get: (path: string, more?: { at?: string }) => ask('GET', path, undefined, more),
      fault: (fault: object) => control('POST', '/faults', fault),
      control,
      /** the provider is back at its address, without a memory */
      reopenSandbox: (at: number) => openSandbox({ port: at, seed: 7, report: () => {} }),
      effects: () => control('GET', '/effects'),
      /** every fault that was armed did fire: a test of one that did not shows nothing */
      assertFired: async () => {
        const { faults } = await control('GET', '/faults')
        for (const fault of faults) assert.equal(fault.armed, 0, JSON.stringify(fault))
      },
      settled: (paymentId: string, check: (payment: Body) => boolean) =>
        eventually(async () => (await ask('GET', `/payments/${paymentId}`)).body as Body, check),
      [Symbol.asyncDispose]: () => resources.disposeAsync(),
    }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

/** What must be so whatever happened before: every effect is known, once, and the books balance. */
export async function assertConsistent(app: PaymentsApp): Promise<void> {
  const effects = await app.effects()
  const charges = effects.charges.map(inOurUnits)
  const refunds = effects.refunds.map(inOurUnits)
  const payments = await app.sql('select * from payments')
  for (const charge of charges) {
    const mine = payments.filter((row) => row.provider_reference === charge.payment_intent)
    assert.equal(mine.length, 1, `charge ${charge.id} belongs to one payment`)
    assert.equal(Number(mine[0].received_minor), charge.amount_captured, `captured of ${charge.id}`)
    assert.equal(Number(mine[0].refunded_minor), charge.amount_refunded - released(charge))
  }
  const rows = await app.sql('select provider_reference from refunds')
  assert.equal(rows.length, refunds.length, 'every refund is known once')
  const [books] =
    await app.sql(`select coalesce(sum(p.amount_minor) filter (where e.kind = 'capture'), 0)::int as gross,
      coalesce(sum(p.amount_minor) filter (where e.kind = 'refund'), 0)::int as refunded
    from postings p join journal_entries e on e.id = p.journal_entry_id
    where e.reverses_entry_id is null
      and not exists (select 1 from journal_entries r where r.reverses_entry_id = e.id)`)
  const total = (list: Body[], field: string) => list.reduce((sum, one) => sum + one[field], 0)
  assert.equal(books.gross, total(charges, 'amount_captured'), 'gross is what was captured')
  assert.equal(books.refunded, total(refunds, 'amount'), 'refunds are booked once')
  const gaps = await app.sql(`select ordering_key from outbox_events group by 1
    having max(sequence) <> count(*) or min(sequence) <> 1`)
  assert.deepEqual(gaps, [], 'events of a payment are numbered without a gap')
  const open = await app.sql(
    `select id from payment_attempts where status in ('created', 'sent', 'unknown')`,
  )
  assert.deepEqual(open, [], 'no attempt is left open')
  const held = await app.sql('select id from payments where refund_requested_minor <> 0')
  assert.deepEqual(held, [], 'no refund is held')
}

/** Stripe counts some currencies in other units than everybody else. */
function inOurUnits(effect: Body): Body {
  const currency = effect.currency.toUpperCase()
  const fields = ['amount', 'amount_captured', 'amount_refunded'].filter((name) => name in effect)
  const amounts = fields.map((name) => [name, amountOf(effect, name, currency)])
  return { ...effect, ...Object.fromEntries(amounts) }
}

/** What a cancellation or a partial capture let go is counted in a charge's refunded amount. */
function released(charge: Body): number {
  return charge.amount_refunded > 0 ? charge.amount - charge.amount_captured : 0
}

export type PaymentsApp = Awaited<ReturnType<typeof openPaymentsApp>>

export const wish = {
  user_id: 'test_user_123',
  amount_cents: 1000,
  currency: 'USD',
} as const

export const charge = { ...wish, payment_method: 'pm_card_visa', confirm: true } as const
