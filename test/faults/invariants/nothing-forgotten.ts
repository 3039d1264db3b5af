import { type Invariant, tell } from './invariant.ts'

/** What was acknowledged has an outcome, or says why it waits and for what. */
export const nothingForgotten: Invariant = {
  id: 'I3',
  title: 'nothing acknowledged is forgotten',
  check: async ({ world, scenario }) => {
    const forgotten =
      await world.sql(`select e.event_id as "event without an outcome" from inbox_events e
      where not exists (select from inbox_outcomes o where o.inbox_event_id = e.id)
        and not exists (select from inbox_queue q where q.inbox_event_id = e.id)
        and not exists (select from inbox_parked p where p.inbox_event_id = e.id)
        and not exists (select from dead_letters d where d.inbox_event_id = e.id)`)
    const dead = await world.sql(
      `select e.event_id as "given up without a cause", d.code from dead_letters d
        join inbox_events e on e.id = d.inbox_event_id where e.event_id <> all($1::text[])`,
      [scenario.deadEventIds ?? []],
    )
    const unresolved =
      await world.sql(`select step, status as "attempt without a next action" from payment_attempts
      where status in ('created', 'sent', 'unknown') and next_at is null and lease_until is null`)
    const unanswered =
      await world.sql(`select k.key as "answered never, and nothing is open" from idempotency_keys k
      where k.status is null and not exists (select from payment_attempts a where a.operation_id = k.operation_id
        and a.status in ('created', 'sent', 'unknown'))`)
    const [{ count }] = await world.sql(`select (select count(*) from inbox_events)::int
      + (select count(*) from idempotency_keys)::int as count`)
    return { checked: count, findings: tell([...forgotten, ...dead, ...unresolved, ...unanswered]) }
  },
}
