import { type Invariant, tell } from './invariant.ts'

/** Each event somebody said yes to is stored once, in the bytes it was told in, and has one state. */
export const eventsCountOnce: Invariant = {
  id: 'I6',
  title: 'an acknowledged event is kept, and counts once',
  check: async ({ world }) => {
    const rows = await world.sql(`select e.event_id as id, convert_from(p.body, 'UTF8') as body,
        (select count(*) from inbox_outcomes o where o.inbox_event_id = e.id)::int
        + (select count(*) from inbox_queue q where q.inbox_event_id = e.id)::int
        + (select count(distinct w.inbox_event_id) from inbox_parked w where w.inbox_event_id = e.id)::int
        + (select count(*) from dead_letters d where d.inbox_event_id = e.id)::int as states
      from inbox_events e left join inbox_payloads p on p.inbox_event_id = e.id`)
    const findings: string[] = []
    for (const [id, body] of world.acknowledged) {
      const stored = rows.filter((row) => row.id === id)
      if (stored.length !== 1)
        findings.push(`${id} was acknowledged and is stored ${stored.length} times`)
      else if (stored[0].body !== body) findings.push(`${id} is stored in other bytes`)
    }
    for (const { id, states } of rows) {
      if (states !== 1) findings.push(`${id} is in ${states} states at once`)
    }
    const collided = await world.sql(
      'select event_id as "told from its own repeat" from inbox_collisions',
    )
    const recounted =
      await world.sql(`select r.id as "replay that counts another number than it did", r.status
      from replays r where r.status = 'finished'
        and r.changed_count + r.unchanged_count + r.ignored_count + r.parked_count + r.waiting_count + r.failed_count
          <> (select count(*) from replay_results t where t.replay_id = r.id)`)
    return {
      checked: world.acknowledged.size,
      findings: [...findings, ...tell([...collided, ...recounted])],
    }
  },
}
