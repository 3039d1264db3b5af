import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { checkLedger } from '../../src/ledger/check.ts'
import { compactBalances } from '../../src/store/compact-balances.ts'
import { naiveRevenue } from '../support/naive-revenue.ts'
import { type Body, openReadServer } from '../support/read-server.ts'

let server: Awaited<ReturnType<typeof openReadServer>>
before(async () => {
  server = await openReadServer()
  // Questions meet what the worker has folded already, and what it has not.
  await server.fill(11, 120)
  await compactBalances(server.database)
  await server.fill(12, 150)
})
after(() => server[Symbol.asyncDispose]())

const firstSecond = 1_749_900_000
const lastSecond = 1_768_000_000
const anySecond = fc.integer({ min: firstSecond, max: lastSecond })
// Some change their clocks within the histories, some at midnight, some by half an hour, some never.
const anyZone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Havana',
  'Africa/Cairo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/St_Johns',
)

async function ask(query: Record<string, string | undefined>): Promise<Body[]> {
  const named = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) named.set(name, value)
  const { status, body } = await server.ask(`/revenue?${named}`)
  assert.equal(status, 200, JSON.stringify(body))
  return body.items
}

test('revenue is the full scan of the journal, for any range, interval and time zone', async () => {
  await fc.assert(
    fc.asyncProperty(
      anySecond,
      anySecond,
      fc.constantFrom('total', 'day', 'week', 'month', 'year'),
      anyZone,
      fc.option(fc.constantFrom('USD', 'EUR', 'JPY', 'KWD'), { nil: undefined }),
      async (a, b, interval, timezone, currency) => {
        const range = [a, b].sort((x, y) => x - y).map((at) => new Date(at * 1000))
        const [from, to] = range as [Date, Date]
        const question = { from, to, interval, timezone, currency }
        const items = await ask({ ...question, from: from.toISOString(), to: to.toISOString() })
        const expected = await naiveRevenue(server.database, question)
        assert.deepEqual(items, expected)
      },
    ),
    { numRuns: 120 },
  )
})

test('every delta is folded once into its bucket, hour and day, and answers stay the same meanwhile', async () => {
  const questions = [
    {},
    { from: '2025-07-02T10:07:11Z', to: '2025-12-03T01:02:03Z' },
    { interval: 'day', timezone: 'Asia/Kathmandu' },
    { interval: 'month', timezone: 'Europe/Berlin' },
  ]
  const to = new Date(lastSecond * 1000).toISOString()
  const askAll = () => Promise.all(questions.map((question) => ask({ to, ...question })))
  const count = async (text: string) => (await server.sql(text))[0].count
  const unfolded = 'select count(*)::int as count from balance_deltas where not is_folded'
  assert.ok((await count(unfolded)) > 0)
  assert.ok((await count('select count(*)::int as count from balance_spans')) > 0)
  assert.deepEqual(await checkLedger(server.database), [])
  const before = await askAll()
  const folded = await Promise.all([
    compactBalances(server.database),
    compactBalances(server.database),
  ])
  assert.ok(Math.max(...folded) > 0)
  while ((await compactBalances(server.database)) > 0);
  assert.equal(await count(unfolded), 0)
  assert.deepEqual(await askAll(), before)
  assert.deepEqual(await checkLedger(server.database), [])
  await assert.rejects(server.sql('delete from balance_deltas where is_folded'), /never change/)
})

test('the bounds are half open to the second', async () => {
  const { rows } = await server.database.query<{ at: Date; amount: string; currency: string }>({
    name: 'test_capture',
    text: `select e.effective_at as at, p.amount_minor as amount, p.currency from journal_entries e
      join postings p on p.journal_entry_id = e.id where e.kind = 'capture' and e.revision = 1
      and not exists (select from journal_entries r where r.reverses_entry_id = e.id) limit 5`,
  })
  for (const { at, amount, currency } of rows) {
    const after = new Date(at.getTime() + 1000).toISOString()
    const before = new Date(at.getTime() - 1000).toISOString()
    const [item] = await ask({ from: at.toISOString(), to: after, currency })
    assert.equal(item.gross_cents, Number(amount))
    assert.equal(item.count, 1)
    const earlier = await ask({ from: before, to: at.toISOString(), currency })
    assert.ok(earlier.every((one) => one.gross_cents !== Number(amount)))
  }
})

test('the periods of a range add up to its total', async () => {
  const sum = (items: Body[]) => {
    const sums: Record<string, Record<string, number>> = {}
    for (const { currency, period_start: _, ...amounts } of items) {
      const known = sums[currency] ?? {}
      sums[currency] = known
      for (const [name, value] of Object.entries<number>(amounts)) {
        known[name] = (known[name] ?? 0) + value
      }
    }
    return sums
  }
  const to = new Date(lastSecond * 1000).toISOString()
  const total = sum(await ask({ to }))
  for (const interval of ['day', 'week', 'month', 'year']) {
    assert.deepEqual(sum(await ask({ to, interval, timezone: 'America/Havana' })), total)
  }
})

test('a total since the beginning has no start, and defaults to everything until now', async () => {
  const [item] = await ask({})
  assert.equal(item.period_start, null)
  const now = new Date().toISOString()
  assert.deepEqual(await ask({ to: now }), await ask({}))
})

test('a range without activity has no items', async () => {
  assert.deepEqual(await ask({ from: '2001-01-01T00:00:00Z', to: '2001-02-01T00:00:00Z' }), [])
  assert.deepEqual(await ask({ from: '2090-01-01T00:00:00Z', interval: 'day' }), [])
})

test('a sum beyond 2^53 is exact', async () => {
  const huge = 9_007_199_254_740_993n * 1000n
  await server.database.query({
    name: 'test_huge',
    text: `insert into balance_deltas (ledger_account_id, bucket_at, debit_minor, credit_minor, fact_count, fee_pending_count)
      select id, '2001-01-01T00:00:00Z', case when kind = 'gross_revenue' then 0 else $1::numeric end,
        case when kind = 'gross_revenue' then $1::numeric else 0 end, 1, 0
      from ledger_accounts where kind in ('gross_revenue', 'provider_balance') and currency = 'USD'`,
    values: [huge.toString()],
  })
  const { text } = await server.ask('/revenue?to=2002-01-01T00:00:00Z')
  assert.ok(text.includes(`"gross_cents":${huge},`), text)
  await server.database.query({
    name: 'test_huge_gone',
    text: `delete from balance_deltas where bucket_at = '2001-01-01T00:00:00Z'`,
  })
})

test('the books of real histories have no finding', async () => {
  assert.deepEqual(await checkLedger(server.database), [])
})

test('the checker finds a balance, a sum and a currency that do not add up', async () => {
  const change = (text: string) =>
    server.database.query({ name: `test_break_${text.length}`, text })
  await change(
    `update balance_deltas set debit_minor = debit_minor + 1 where id = (select min(id) from balance_deltas)`,
  )
  await change(
    `update payments set received_minor = received_minor + 5 where id = (select min(id) from payments)`,
  )
  const found = new Set((await checkLedger(server.database)).map((finding) => finding.check))
  assert.deepEqual([...found].toSorted(), [
    'accounts_of_a_currency_sum_to_zero',
    'balance_equals_postings',
    'bucket_equals_postings',
    'payment_sums_equal_ledger',
    'span_equals_buckets',
  ])
})
