/** What must be so after any load: every payment charged once, booked once, told once; or the bench fails. */
import assert from 'node:assert/strict'
import pg from 'pg'
import { API_KEY, type PaymentSystem } from './payment-system.ts'

type Effects = { charges: { payment_intent: string; amount_captured: number }[] }
type Revenue = { items: { currency: string; gross_cents: number; count: number }[] }

/** @param answeredCount payments that were answered 201 */
export async function checkPayments(
  { server, provider }: PaymentSystem,
  databaseUrl: string,
  answeredCount: number,
): Promise<void> {
  const { charges } = await read<Effects>(provider.port, '/_sandbox/effects')
  const { items } = await read<Revenue>(server.port, '/revenue')
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows: payments } = await client.query<{ reference: string }>(
      `select provider_reference as reference from payments
        where status = 'succeeded' and received_minor = amount_minor`,
    )
    const { rows: totals } = await client.query<Record<string, number>>(
      `select (select count(*)::int from payments) as payments,
        (select coalesce(sum(amount_minor), 0)::float8 from payments) as amount,
        (select count(*)::int from outbox_events where type = 'payment.succeeded') as told,
        (select count(*)::int from journal_entries e where kind = 'capture' and reverses_entry_id is null
          and not exists (select 1 from journal_entries r where r.reverses_entry_id = e.id)) as booked,
        (select count(*)::int from dead_letters) as "deadLetters"`,
    )
    const charged = charges.reduce((sum, charge) => sum + charge.amount_captured, 0)
    const isOnce = new Set(charges.map((charge) => charge.payment_intent))
    const isCharged = payments.filter(({ reference }) => isOnce.has(reference))
    const found = {
      ...totals[0],
      answered: answeredCount,
      succeeded: payments.length,
      isCharged: isCharged.length,
      effects: charges.length,
      intentsWithEffects: isOnce.size,
      charged,
      revenue: items.map((item) => item.gross_cents),
    }
    const count = answeredCount
    const all = { payments: count, told: count, booked: count, answered: count, succeeded: count }
    const effects = { isCharged: count, effects: count, intentsWithEffects: count }
    const money = { amount: charged, charged, revenue: [charged] }
    assert.deepEqual(found, { ...all, ...effects, ...money, deadLetters: 0 })
  } finally {
    await client.end()
  }
}

export async function read<Answer>(port: number, path: string, body?: object): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Answer
}
