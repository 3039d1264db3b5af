/**
 * Which inbox events a filter names, in the order of their ids, a part at a time. The ids are found first, each way
 * from an index that holds little else, and only the events of the page are looked at whole:
 * one event by its key, a payment's by its outcomes, rare states from the small table that is the state, all others
 * type by type, because (merchant, mode, type, id) is one narrow index and a merchant has few types.
 */
import { encodeId, type Id } from '../domain/ids.ts'
import type { Queryable } from './db.ts'
import type { Scope } from './list-page.ts'

export const inboxStatuses = ['waiting', 'applied', 'ignored', 'parked', 'dead'] as const
export type InboxStatus = (typeof inboxStatuses)[number]

export type InboxEventFilter = {
  /** a type, or the beginning of types: `payment_intent.*` */
  type?: string | undefined
  status?: InboxStatus | undefined
  /** why it was ignored, or the code it died of; only beside these two statuses */
  reason?: string | undefined
  paymentId?: string | undefined
  provider?: string | undefined
  receivedFrom?: Date | undefined
  receivedTo?: Date | undefined
  ids?: string[] | undefined
  /** dead letters a person has set aside: only them, or none of them */
  setAside?: boolean | undefined
}

/** Newest first from below an id, or oldest first from above it. */
export type Stretch = { limit: number } & (
  | { order: 'newest_first'; before: string | undefined }
  | { order: 'oldest_first'; after: string }
)

/** Ids carry the time of the process that made them; its clock and the database's are never this far apart. */
const CLOCK_DISTANCE_MS_MAX = 60 * 60 * 1000

/** Where a state is written, by the letter it has in a statement. */
const states = {
  q: 'inbox_queue',
  d: 'dead_letters',
  w: 'inbox_parked',
  o: 'inbox_outcomes',
} as const
type State = keyof typeof states

/** The small table a rare state is read from. Parked under each of its parents, an event is listed once. */
const sources: Record<State, string> = {
  q: 'inbox_queue q',
  d: 'dead_letters d',
  w: '(select distinct inbox_event_id from inbox_parked) w',
  o: 'inbox_outcomes o',
}

// Not as left joins with `is null`: of those the planner thinks that nothing is left, and reads whole tables.
const not = (...others: State[]) =>
  others
    .map((state) => `not exists (select from ${states[state]} x where x.inbox_event_id = t.id)`)
    .join(' and ')

/** An event may have an outcome and wait again: what it does now comes before what became of it. */
const statusSql: Record<InboxStatus, string> = {
  waiting: 'true',
  dead: not('q'),
  parked: not('q', 'd'),
  ignored: `o.status = 'ignored' and ${not('q', 'd', 'w')}`,
  applied: `o.status = 'applied' and ${not('q', 'd', 'w')}`,
}

/** A query of the ids, with its values; merchant and mode are `$1` and `$2`. */
export type Selection = { name: string; text: string; values: unknown[] }

export function selectInboxEvents(
  scope: Scope,
  filter: InboxEventFilter,
  stretch: Stretch,
): Selection {
  const values: unknown[] = [scope.merchantId, scope.livemode, stretch.limit]
  const conditions = ['t.merchant_id = $1', 't.livemode = $2']
  let letters = ''
  const add: AddCondition = (letter, sql, value) => {
    letters += letter
    if (value !== undefined) values.push(value)
    conditions.push(sql.replaceAll('?', `$${values.length}`))
  }
  addConditions(filter, add)
  const newestFirst = stretch.order === 'newest_first'
  const { source, from } = fromOf(filter)
  const key = source === undefined ? 't.id' : `${source}.inbox_event_id`
  if (!newestFirst) add('A', `${key} > ?`, stretch.after)
  else if (stretch.before !== undefined) add('B', `${key} < ?`, stretch.before)
  if (source === 'd') add('', 'd.merchant_id = $1 and d.livemode = $2')
  const prefix = filter.type?.endsWith('*') ? filter.type.slice(0, -1) : undefined
  const oneType = prefix === undefined ? filter.type : undefined
  if (oneType !== undefined) add('t', 't.type = ?', oneType)
  const order = (by: string) => `order by ${by} ${newestFirst ? 'desc' : 'asc'} limit $3`
  const named = (text: string) => ({
    name: `inbox_select_${source ?? 'e'}_${letters}`,
    text,
    values,
  })
  if (source !== undefined || filter.ids !== undefined || oneType !== undefined) {
    if (prefix !== undefined) add('T', 'starts_with(t.type, ?)', prefix)
    return named(`select t.id from ${from} where ${conditions.join(' and ')} ${order(key)}`)
  }
  const inner = `select t.id from ${from} where ${conditions.join(' and ')} and t.type = k.type ${order('t.id')}`
  if (prefix !== undefined) values.push(prefix)
  if (prefix !== undefined) letters += 'p'
  return named(`with recursive types as (
      (select e.type from inbox_events e where e.merchant_id = $1 and e.livemode = $2 order by e.type limit 1)
      union all
      select (select e.type from inbox_events e where e.merchant_id = $1 and e.livemode = $2 and e.type > types.type
        order by e.type limit 1) from types where types.type is not null)
    select t.id from types k cross join lateral (${inner}) t
    where k.type is not null ${prefix === undefined ? '' : `and starts_with(k.type, $${values.length})`} ${order('t.id')}`)
}

/** The letters together name the statement: one text, one name. */
type AddCondition = (letter: string, sql: string, value?: unknown) => void

function addConditions(filter: InboxEventFilter, add: AddCondition): void {
  const { status, setAside } = filter
  if (status !== undefined) add(status.charAt(0), statusSql[status])
  if (filter.ids !== undefined) add('n', 't.id = any(?::text[])', filter.ids)
  if (filter.paymentId !== undefined) add('m', 'o.payment_id = ?', filter.paymentId)
  if (filter.reason !== undefined) {
    add('r', status === 'dead' ? 'd.code = ?' : 'o.reason = ?', filter.reason)
  }
  if (setAside !== undefined) {
    add(setAside ? 's' : 'u', `d.set_aside_at is ${setAside ? 'not ' : ''}null`)
  }
  if (filter.provider !== undefined) {
    const accounts = 'select a.id from provider_accounts a where a.merchant_id = $1'
    add('v', `t.provider_account_id in (${accounts} and a.provider = ?)`, filter.provider)
  }
  addTimes(filter, add)
}

/** The range is exact on the time of receipt; that on the id only lets an index find its beginning. */
function addTimes({ receivedFrom, receivedTo }: InboxEventFilter, add: AddCondition): void {
  if (receivedFrom !== undefined) {
    add('f', 't.received_at >= ?::timestamptz', receivedFrom)
    add('F', 't.id >= ?', idAt(receivedFrom.getTime() - CLOCK_DISTANCE_MS_MAX))
  }
  if (receivedTo !== undefined) {
    add('z', 't.received_at < ?::timestamptz', receivedTo)
    add('Z', 't.id < ?', idAt(receivedTo.getTime() + CLOCK_DISTANCE_MS_MAX))
  }
}

const NO_CHANCE = new Uint8Array(10)
const idAt = (ms: number): Id<'inboxEvent'> => encodeId('inboxEvent', Math.max(0, ms), NO_CHANCE)

/** A rare state is where the search begins; outcomes are joined when a condition names them. */
function fromOf(filter: InboxEventFilter): { source: State | undefined; from: string } {
  const source = sourceOf(filter)
  const outcome = 'join inbox_outcomes o on o.inbox_event_id = t.id'
  const needsOutcome = filter.status === 'applied' || filter.paymentId !== undefined
  const joined = needsOutcome && source !== 'o' ? [outcome] : []
  if (source === undefined) return { source, from: ['inbox_events t', ...joined].join(' ') }
  // The limit keeps the planner from reading all events into a hash: each is looked up by its key.
  const event = `select * from inbox_events e where e.id = ${source}.inbox_event_id limit 1`
  const begin = `${sources[source]} cross join lateral (${event}) t`
  return { source, from: [begin, ...joined].join(' ') }
}

function sourceOf({ status, paymentId }: InboxEventFilter): State | undefined {
  if (status === 'waiting') return 'q'
  if (status === 'dead') return 'd'
  if (status === 'parked') return 'w'
  return status === 'ignored' || paymentId !== undefined ? 'o' : undefined
}

/** Ids of at most `limit` events the filter names. */
export async function listInboxEventIds(
  database: Queryable,
  scope: Scope,
  filter: InboxEventFilter,
  stretch: Stretch,
): Promise<string[]> {
  const { rows } = await database.query<{ id: string }>(selectInboxEvents(scope, filter, stretch))
  return rows.map((row) => row.id)
}
