import { setTimeout } from 'node:timers/promises'
import type { Row, World } from '../net/world.ts'
import { type Invariant, tell } from './invariant.ts'

/** A client hears of a refusal a moment before its session says that it is idle. */
const IDLE_MS_MAX = 1_000

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
    const sessions = await listOpenSessions(world)
    const leases = await world.sql(
      'select id as "lease held" from replays where lease_until is not null',
    )
    return { checked: 1 + pools.length, findings: [...findings, ...tell([...sessions, ...leases])] }
  },
}

async function listOpenSessions(world: World): Promise<Row[]> {
  const until = performance.now() + IDLE_MS_MAX
  for (;;) {
    const sessions =
      await world.sql(`select a.state, a.query as "session left open" from pg_stat_activity a
      where a.application_name = 'net' and a.datname = current_database() and a.state <> 'idle'`)
    if (sessions.length === 0 || performance.now() > until) return sessions
    await setTimeout(1)
  }
}
