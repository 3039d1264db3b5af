import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type Body, openReadServer } from '../support/read-server.ts'

let server: Awaited<ReturnType<typeof openReadServer>>
before(async () => {
  server = await openReadServer()
  await server.fill(7, 60)
})
after(() => server[Symbol.asyncDispose]())

const sql: typeof server.sql = (text, values) => server.sql(text, values)
const readAll: typeof server.readAll = (path, limit) => server.readAll(path, limit)

const lists = [
  ['/payments', 'payments'],
  ['/refunds', 'refunds'],
  ['/disputes', 'disputes'],
  ['/ledger/accounts', 'ledger_accounts'],
  ['/provider-events', 'inbox_events'],
] as const

for (const [path, table] of lists) {
  test(`all pages of ${path} together are all rows once, newest first`, async () => {
    const rows = await sql(`select id from ${table} order by id desc`)
    assert.ok(rows.length > 0)
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 7, max: 100 }), async (limit) => {
        const items = await readAll(path, limit)
        assert.deepEqual(
          items.map((item) => item.id),
          rows.map((row) => row.id),
        )
      }),
      { numRuns: 4 },
    )
  })
}

test('all pages of the journal together are all entries once, by the time they took effect', async () => {
  const rows = await sql('select id from journal_entries order by effective_at desc, id desc')
  for (const limit of [13, 100]) {
    const items = await readAll('/ledger/entries', limit)
    assert.deepEqual(
      items.map((item) => item.id),
      rows.map((row) => row.id),
    )
  }
})

test('the exported journal is the journal, one posting a line', async () => {
  const { status, text } = await server.ask('/ledger/journal.csv')
  assert.equal(status, 200)
  const [header, ...lines] = text.trimEnd().split('\r\n')
  const columns = header?.split(',') ?? []
  const sums = new Map<string, bigint>()
  for (const line of lines) {
    const fields = line.split(',')
    const currency = fields[columns.indexOf('currency')] ?? ''
    const amount = BigInt(fields[columns.indexOf('amount_minor')] ?? '')
    sums.set(currency, (sums.get(currency) ?? 0n) + amount)
  }
  const rows = await sql(
    'select currency, sum(amount_minor)::text as sum, count(*)::int as count from postings group by 1',
  )
  assert.equal(
    lines.length,
    rows.reduce((sum, row) => sum + row.count, 0),
  )
  for (const row of rows) assert.equal(sums.get(row.currency), BigInt(row.sum))
})

test('nobody sees what belongs to another merchant or mode', async () => {
  const [payment] = await sql('select id from payments limit 1')
  const [refund] = await sql('select id from refunds limit 1')
  const [dispute] = await sql('select id from disputes limit 1')
  const [event] = await sql('select id, event_id from inbox_events limit 1')
  const things = [
    `/payments/${payment.id}`,
    `/payments/${payment.id}/timeline`,
    `/refunds/${refund.id}`,
    `/disputes/${dispute.id}`,
    `/provider-events/${event.id}`,
    `/provider-events/${event.event_id}`,
  ]
  const unlisted = [
    ...lists.map(([path]) => path),
    '/payouts',
    '/ledger/entries',
    '/dead-letters',
    '/provider-events/collisions',
    `/refunds?payment_id=${payment.id}`,
    `/ledger/entries?payment_id=${payment.id}`,
    `/provider-events?payment_id=${payment.id}`,
    '/revenue',
  ]
  for (const key of ['otherMode', 'otherMerchant'] as const) {
    for (const path of things) {
      assert.equal((await server.ask(path)).status, 200, path)
      const hidden = await server.ask(path, { key })
      const missing = await server.ask('/payments/pay_00000000000000000000000000', { key })
      const { request_id: _a, ...hiddenBody } = hidden.body
      const { request_id: _b, ...missingBody } = missing.body
      assert.deepEqual(hiddenBody, missingBody)
      assert.equal(hidden.status, 404)
    }
    for (const path of unlisted) {
      const { status, body } = await server.ask(path, { key })
      assert.equal(status, 200, path)
      assert.deepEqual(body.items, [], path)
    }
    const csv = await server.ask('/ledger/journal.csv', { key })
    assert.equal(csv.text.trimEnd().split('\r\n').length, 1)
  }
})

test('nothing is read without a key', async () => {
  for (const path of ['/payments', '/revenue', '/ledger/journal.csv', '/provider-events/evt_1']) {
    const answer = await server.app.inject({ url: path })
    assert.equal(answer.statusCode, 401, path)
  }
})

test('what a query may not say is refused by name', async () => {
  const refusals = [
    ['/payments?color=red', '/color'],
    ['/payments?limit=0', '/limit'],
    ['/payments?limit=101', '/limit'],
    ['/payments?limit=ten', '/limit'],
    ['/payments?cursor=nonsense', '/cursor'],
    [`/payments?cursor=${Buffer.from("re_1' or true").toString('base64url')}`, '/cursor'],
    ['/payments?status=paid', '/status'],
    ['/payments?user_id=a%00b', '/user_id'],
    ['/payments?created_from=yesterday', '/created_from'],
    ['/payments?created_to=2026-02-30T00:00:00Z', '/created_to'],
    [
      '/payments?created_from=2026-02-02T00:00:00Z&created_to=2026-02-01T00:00:00Z',
      '/created_from',
    ],
    ['/payments/pay_00000000000000000000000000?x=1', '/x'],
    ['/ledger/entries?cursor=bm8', '/cursor'],
    ['/ledger/entries?payment_id=pi_1', '/payment_id'],
    ['/ledger/journal.csv?payment_id=nonsense', '/payment_id'],
    ['/provider-events?payment_id=pi_1', '/payment_id'],
    ['/refunds?payment_id=pi_1', '/payment_id'],
    ['/disputes?payment_id=pi_1', '/payment_id'],
    ['/provider-events?status=lost', '/status'],
    ['/revenue?from=2026-01-01', '/from'],
    ['/revenue?interval=hour', '/interval'],
    ['/revenue?timezone=Mars/Olympus', '/timezone'],
    ['/revenue?timezone=%2B05:07', '/timezone'],
    ['/revenue?currency=ZZZ', '/currency'],
  ]
  for (const [path, pointer] of refusals) {
    const { status, body } = await server.ask(path ?? '')
    assert.equal(status, 400, path)
    assert.equal(body.code, 'invalid_request')
    assert.equal(body.errors[0].pointer, pointer, JSON.stringify(body))
    assert.ok(body.detail.includes(pointer), body.detail)
  }
  const { body } = await server.ask('/revenue?interval=months')
  assert.match(body.detail, /must be one of total, day, week, month, year/)
})

test('a payment is shown in the wire form, exactly', async () => {
  const [row] = await sql("select * from payments where status = 'succeeded' limit 1")
  const { body } = await server.ask(`/payments/${row.id}`)
  assert.deepEqual(body, {
    id: row.id,
    merchant_id: row.merchant_id,
    livemode: false,
    user_id: null,
    amount_cents: Number(row.amount_minor),
    currency: row.currency,
    status: 'succeeded',
    stripe_payment_intent_id: row.provider_reference,
    provider: 'stripe',
    provider_reference: row.provider_reference,
    idempotency_key: null,
    capture_method: row.capture_method,
    amount_capturable_cents: Number(row.capturable_minor),
    amount_received_cents: Number(row.received_minor),
    amount_refunded_cents: Number(row.refunded_minor),
    next_action: null,
    last_error: row.last_error,
    description: row.description,
    reference: row.reference,
    origin: 'provider',
    metadata: row.metadata,
    merged_into_payment_id: null,
    duplicate_of_payment_id: null,
    duplicate_undo: null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  })
})

test('a filter finds exactly the rows it names, declined payments among the failed', async () => {
  const declined = { code: 'card_declined', decline_code: null, message: null, retryable: true }
  await sql(
    `update payments set last_error = $1 where status = 'requires_payment_method'
      and id = (select min(id) from payments where status = 'requires_payment_method')`,
    [declined],
  )
  const failed = await sql(`select id from payments where status = 'failed'
    or (status = 'requires_payment_method' and last_error is not null) order by id desc`)
  assert.ok(failed.length > 0)
  const found = await readAll('/payments?status=failed', 5)
  assert.deepEqual(
    found.map((item) => item.id),
    failed.map((row) => row.id),
  )
  const succeeded = await readAll('/payments?status=succeeded', 50)
  assert.ok(succeeded.every((item) => item.status === 'succeeded'))
  assert.deepEqual(await readAll('/payments?user_id=nobody', 50), [])
  const [middle] = await sql('select created_at from payments order by id offset 20 limit 1')
  const at = middle.created_at.toISOString()
  const parts = [
    await readAll(`/payments?created_from=${at}`, 50),
    await readAll(`/payments?created_to=${at}`, 50),
  ]
  assert.equal(parts.flat().length, 60)
})

test('a timeline tells what came, changed, was booked and left, in order', async () => {
  const [row] = await sql('select id from payments where refunded_minor > 0 limit 1')
  const { body } = await server.ask(`/payments/${row.id}/timeline`)
  const count = async (text: string) => (await sql(`${text} = $1`, [row.id])).length
  const counts = {
    provider_event: await count('select from inbox_outcomes where payment_id'),
    state_change: await count('select from payment_events where subject_id'),
    journal_entry: await count('select from journal_entries where subject_id'),
    event: await count('select from outbox_events where ordering_key'),
  }
  for (const [kind, expected] of Object.entries(counts)) {
    const items = body.items.filter((item: Body) => item.kind === kind)
    assert.ok(expected > 0, kind)
    assert.equal(items.length, expected, kind)
  }
  const times = body.items.map((item: Body) => item.at)
  assert.deepEqual(times, times.toSorted())
  assert.match(body.explanation, /^The payment succeeded: .* was captured, .* of it is refunded\.$/)
  assert.equal(body.next_action_at, null)
})

test('balances are the folds of the postings', async () => {
  const accounts = await readAll('/ledger/accounts', 100)
  for (const account of accounts) {
    const [row] = await sql(
      `select (coalesce(sum(case when debit_account_id = $1 then amount_minor else -amount_minor end), 0))::text as balance
        from postings where $1 in (debit_account_id, credit_account_id)`,
      [account.id],
    )
    assert.equal(String(account.balance_cents), row.balance)
  }
})

test('the document describes every route', async () => {
  const document = (await server.app.inject({ url: '/openapi.json' })).json()
  assert.equal(document.openapi, '3.1.0')
  const expected = [
    '/payments',
    '/payments/{id}',
    '/payments/{id}/timeline',
    '/refunds',
    '/refunds/{id}',
    '/disputes/{id}',
    '/payouts/{id}',
    '/ledger/accounts',
    '/ledger/entries',
    '/ledger/journal.csv',
    '/revenue',
    '/provider-events',
    '/provider-events/{id}',
    '/provider-events/collisions',
    '/provider-events/failures',
    '/provider-events/replay',
    '/provider-events/{id}/replay',
    '/replays',
    '/replays/{id}',
    '/replays/{id}/stop',
    '/dead-letters',
    '/dead-letters/retry',
    '/dead-letters/{id}/retry',
    '/dead-letters/{id}/set-aside',
    '/audit-log',
  ]
  for (const path of expected) assert.ok(document.paths[path], path)
})
