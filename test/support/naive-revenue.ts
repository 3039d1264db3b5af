/** Revenue by reading every entry, and periods by the calendar day a clock on the wall showed. */
import type { ObjectFacts } from '../../src/domain/facts.ts'
import type { Queryable } from '../../src/store/db.ts'

type Question = {
  from: Date
  to: Date
  interval: string
  timezone: string
  currency: string | undefined
}
type Line = {
  id: string
  kind: string
  reference: string
  revision: number
  at: Date
  reversed: boolean
  debit: string
  credit: string
  amount: string
  currency: string
}

const sums = [
  'gross_cents',
  'fees_cents',
  'fees_pending',
  'refunds_cents',
  'disputes_cents',
  'net_cents',
  'count',
] as const
type Item = Record<(typeof sums)[number], number> & { currency: string; period_start: string }

const columnOf: Record<string, (typeof sums)[number]> = {
  gross_revenue: 'gross_cents',
  refunds: 'refunds_cents',
  disputes: 'disputes_cents',
  processing_fees: 'fees_cents',
  dispute_fees: 'fees_cents',
}

export async function naiveRevenue(database: Queryable, question: Question): Promise<Item[]> {
  const { rows } = await database.query<Line>({
    name: 'naive_revenue',
    text: `select e.id, e.kind, e.reference, e.revision, e.effective_at as at,
        exists (select from journal_entries r where r.reverses_entry_id = e.id) as reversed,
        d.kind as debit, c.kind as credit, p.amount_minor as amount, p.currency
      from journal_entries e join postings p on p.journal_entry_id = e.id
      join ledger_accounts d on d.id = p.debit_account_id join ledger_accounts c on c.id = p.credit_account_id`,
  })
  const { rows: charges } = await database.query<{ reference: string; facts: ObjectFacts }>({
    name: 'naive_charges',
    text: `select reference, facts from provider_objects where kind = 'charge'`,
  })
  const known = new Set(
    charges
      .filter(({ facts }) => JSON.stringify(facts.writes).includes('"balance_transaction:'))
      .map((charge) => charge.reference),
  )
  const items = new Map<string, Item>()
  for (const line of rows) {
    if (line.at < question.from || line.at >= question.to) continue
    if (question.currency !== undefined && line.currency !== question.currency) continue
    const day = periodDay(line.at, question)
    const name = `${day} ${line.currency}`
    const item = items.get(name) ?? emptyItem(line.currency, day)
    items.set(name, item)
    addLine(item, line, known)
  }
  return [...items.values()]
    .filter((item) => sums.some((name) => item[name] !== 0))
    .sort((a, b) => order(a.period_start, b.period_start) || order(a.currency, b.currency))
    .map((item) => ({ ...item, period_start: startOf(item.period_start, question) }))
}

function addLine(item: Item, line: Line, known: Set<string>): void {
  const amount = Number(line.amount)
  for (const [kind, spent] of [
    [line.debit, amount],
    [line.credit, -amount],
  ] as const) {
    const column = columnOf[kind]
    if (column === undefined) continue
    item[column] += column === 'gross_cents' ? -spent : spent
    item.net_cents -= spent
  }
  if (line.kind !== 'capture') return
  const inForce = line.revision % 2 === 1 && !line.reversed
  item.count += line.revision % 2 === 1 ? 1 : -1
  if (inForce && !known.has(line.reference)) item.fees_pending += 1
}

/** The first calendar day of the period, as text that sorts. */
function periodDay(at: Date, { interval, timezone }: Question): string {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' }).format(
    at,
  )
  if (interval === 'total') return 'total'
  if (interval === 'year') return `${day.slice(0, 4)}-01-01`
  if (interval === 'month') return `${day.slice(0, 7)}-01`
  if (interval === 'day') return day
  const date = new Date(`${day}T00:00:00Z`)
  while (date.getUTCDay() !== 1) date.setUTCDate(date.getUTCDate() - 1)
  return date.toISOString().slice(0, 10)
}

/** The first quarter of an hour that shows the day; every zone in use keeps its clocks to these. */
function startOf(day: string, { from, timezone, interval }: Question): string {
  if (interval === 'total') return from.toISOString()
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: timezone, dateStyle: 'short' })
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCHours(at.getUTCHours() - 30)
  while (format.format(at) < day) at.setUTCMinutes(at.getUTCMinutes() + 15)
  return at.toISOString()
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function emptyItem(currency: string, periodStart: string): Item {
  const zeros = Object.fromEntries(sums.map((name) => [name, 0]))
  return { currency, period_start: periodStart, ...zeros } as Item
}
