import { type Invariant, tell } from './invariant.ts'

/** Each change has its event: numbered without a gap per payment, and either on its way or gone, never just missing. */
export const outboxComplete: Invariant = {
  id: 'I7',
  title: 'every change leaves, in order, once',
  check: async ({ world }) => {
    const gaps =
      await world.sql(`select ordering_key as "sequence with a gap", count(*)::int as events,
        min(sequence)::text as first, max(sequence)::text as last
      from outbox_events group by 1 having min(sequence) <> 1 or max(sequence) <> count(*)`)
    const behind =
      await world.sql(`select p.id as "payment's own sequence is another", p.sequence::text as sequence
      from payments p where p.sequence <> (select count(*) from outbox_events o where o.ordering_key = p.id)
        and p.merged_into_payment_id is null`)
    const unequal =
      await world.sql(`select coalesce(h.subject_id, o.ordering_key) as "history and outbox differ",
        h.kind, h.changes::int, o.events::int
      from (select subject_id, kind, count(*) as changes from payment_events group by 1, 2) h
      full join (select ordering_key, type, count(*) as events from outbox_events group by 1, 2) o
        on o.ordering_key = h.subject_id and o.type = h.kind
      where h.changes is distinct from o.events`)
    const missing = await world.sql(`select o.id as "neither sent nor waiting" from outbox_events o
      where not exists (select from outbox_queue q where q.outbox_event_id = o.id)`)
    const orphans =
      await world.sql(`select q.outbox_event_id as "waits without an event" from outbox_queue q
      where not exists (select from outbox_events o where o.id = q.outbox_event_id)`)
    const [{ count }] = await world.sql('select count(*)::int as count from outbox_events')
    return {
      checked: count,
      findings: tell([...gaps, ...behind, ...unequal, ...missing, ...orphans]),
    }
  },
}
