/** The bare payment as most would write it: each row its own statement, each waiting for the one before. */
import type pg from 'pg'
import type { BareIntent, BareOutcome } from './bare-payment.ts'

type Step = [name: string, text: string, values: unknown[]]

/** @returns false when the key is taken */
export function beginOneByOne(pool: pg.Pool, intent: BareIntent): Promise<boolean> {
  const { id, attempt, key, fingerprint, user, amount, currency, request } = intent
  const payload = JSON.stringify(intent.payload)
  return inTransaction(pool, [
    [
      'begin_key',
      `insert into bare_keys (merchant_id, key, fingerprint, payment_id, created_at)
      values ('mer_1', $1, decode($2, 'hex'), $3, now()) on conflict do nothing`,
      [key, fingerprint, id],
    ],
    [
      'begin_payment',
      `insert into bare_payments (id, merchant_id, user_id, status, amount_minor, currency, created_at, updated_at)
      values ($1, 'mer_1', $2, 'processing', $3, $4, now(), now())`,
      [id, user, amount, currency],
    ],
    [
      'begin_attempt',
      `insert into bare_attempts (id, payment_id, provider_key, request, status, created_at)
      values ($1, $2, $1, $3, 'sent', now())`,
      [attempt, id, request],
    ],
    ...recordSteps(id, 1, 'payment.created', payload),
  ])
}

export function settleOneByOne(pool: pg.Pool, outcome: BareOutcome): Promise<boolean> {
  const { id, attempt, key, entry, amount, currency, reference, charge, answer } = outcome
  const payload = JSON.stringify(outcome.payload)
  return inTransaction(pool, [
    [
      'settle_payment',
      `update bare_payments set status = 'succeeded', received_minor = $2, provider_reference = $3, updated_at = now()
      where id = $1`,
      [id, amount, reference],
    ],
    [
      'settle_attempt',
      `update bare_attempts set status = 'succeeded', settled_at = now() where id = $1`,
      [attempt],
    ],
    [
      'settle_key',
      `update bare_keys set status = 201, body = $2 where merchant_id = 'mer_1' and key = $1`,
      [key, answer],
    ],
    ...recordSteps(id, 2, 'payment.succeeded', payload),
    [
      'settle_entry',
      `insert into bare_entries (id, merchant_id, payment_id, kind, reference, created_at)
      values ($1, 'mer_1', $2, 'capture', $3, now())`,
      [entry, id, charge],
    ],
    [
      'settle_posting',
      `insert into bare_postings (entry_id, ordinal, debit_account_id, credit_account_id, amount_minor, currency)
      values ($1, 1, 'provider_balance', 'gross_revenue', $2, $3)`,
      [entry, amount, currency],
    ],
  ])
}

function recordSteps(id: string, sequence: number, type: string, payload: string): Step[] {
  return [
    [
      'history',
      'insert into bare_history (payment_id, after, created_at) values ($1, $2, now())',
      [id, payload],
    ],
    [
      'outbox',
      `insert into bare_outbox (payment_id, sequence, type, payload, created_at)
      values ($1, $2, $3, $4, now())`,
      [id, sequence, type, payload],
    ],
  ]
}

/** @returns false, and nothing is written, when a statement touched no row */
async function inTransaction(pool: pg.Pool, steps: Step[]): Promise<boolean> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    for (const [name, text, values] of steps) {
      const { rowCount } = await client.query({ name, text, values })
      if (rowCount !== 0) continue
      await client.query('rollback')
      return false
    }
    await client.query('commit')
    return true
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error))
    throw error
  } finally {
    client.release(broken)
  }
}
