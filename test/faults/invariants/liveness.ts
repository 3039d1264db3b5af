import { type Invariant, tell } from './invariant.ts'

/** When the faults are over, everything comes to an end: no work, no lease, no lock and no connection is left behind. */
export const liveness: Invariant = {
  id: 'I9',
  title: 'everything comes to an end',
  check: async ({ world, left, pools }) => {
    const findings = Object.entries(left).map(([what, count]) => `${what}: ${count} left`)
    for (const { total, idle, waiting } of pools) {
      if (idle !== total || waiting > 0) {
        findings.push(`${total - idle} connections never came back, ${waiting} wait for one`)
      }
    }
    const sessions =
      await world.sql(`select a.state, a.query as "session left open" from pg_stat_activity a
      where a.application_name = 'net' and a.datname = current_database() and a.state <> 'idle'`)
    const leases = await world.sql(
      'select id as "lease held" from replays where lease_until is not null',
    )
    return { checked: 1 + pools.length, findings: [...findings, ...tell([...sessions, ...leases])] }
  },
}
