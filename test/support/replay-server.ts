/** A server whose inbox holds events that were stored and never applied, and the worker that replays them. */
import type { EventBody } from './inbox.ts'
import { seededRandom } from './random.ts'
import { openReadServer } from './read-server.ts'
import { effectTables, tablesOf } from './replayer.ts'
import { makeHistory } from './stripe-history.ts'

export async function openReplayServer() {
  const server = await openReadServer()
  const { sql } = server
  const post = (path: string, body?: object, key?: 'otherMode' | 'otherMerchant') =>
    server.ask(path, { method: 'POST', ...(body && { body }), ...(key && { key }) })

  /** As if their type had not been known, or they had failed. */
  const storeUnapplied = async (events: EventBody[], as: 'ignored' | 'dead') => {
    await server.store(events)
    await sql('delete from inbox_queue')
    const rows = await sql(
      `select e.id from unnest($1::text[]) with ordinality as named(event_id, place)
        join inbox_events e using (event_id) order by place`,
      [events.map((event) => event.id)],
    )
    const ids: string[] = rows.map((row) => row.id)
    if (as === 'ignored') {
      await sql(
        `insert into inbox_outcomes select id, 'ignored', 'unhandled_type', null, payonce_clock()
          from unnest($1::text[]) as t(id)`,
        [ids],
      )
    } else {
      await sql(
        `insert into dead_letters select id, merchant_id, livemode, 6, 'event', 'internal_error', 'no', payonce_clock()
          from inbox_events where id = any($1::text[])`,
        [ids],
      )
    }
    return ids
  }
  /** Each test begins with nothing to do; what never changes is left where it is. */
  const reset = async () => {
    await sql(
      `update replays set status = 'stopped', finished_at = payonce_clock() where finished_at is null`,
    )
    await sql('delete from inbox_queue')
    await sql('delete from dead_letters')
  }
  const readReplay = async (id: string, query = '') =>
    (await server.ask(`/replays/${id}${query}`)).body
  const tables = () => tablesOf((text) => sql(text), effectTables)
  return { ...server, post, storeUnapplied, reset, readReplay, tables }
}

export const histories = (seed: number, count: number) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, index) => makeHistory(random, index)).flatMap(
    (one) => one.events,
  )
}

/** A payment in one event. */
export const intent = (id: string, changed: object = {}, event: object = {}): EventBody => ({
  id: `evt_${id}`,
  type: 'payment_intent.succeeded',
  created: 1_750_000_000,
  data: {
    object: {
      id: `pi_${id}`,
      object: 'payment_intent',
      status: 'succeeded',
      amount: 500,
      currency: 'usd',
      ...changed,
    },
  },
  ...event,
})
