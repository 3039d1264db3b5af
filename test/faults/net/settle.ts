import type { Application } from './application.ts'
import { pursue } from './merchant.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'

/** Virtual: after the faults have stopped, nothing may still be open when so much time has gone by. */
export const SETTLED_WITHIN_SECONDS = 3_600
const STEP_SECONDS = [0, 2, 6, 11, 26, 61]

/**
 * The outside insists, the workers take turns, and time goes by, until nothing waits any more.
 * @returns what still waits when the time is over; empty when all is settled
 */
export async function settle(
  app: Application,
  world: World,
  scenario: Scenario,
): Promise<Record<string, number>> {
  const until = world.offsetSeconds() + SETTLED_WITHIN_SECONDS
  for (let step = 0; ; step++) {
    await world.advance(STEP_SECONDS[Math.min(step, STEP_SECONDS.length - 1)] ?? 0)
    const isWaiting = 'payment_attempts' in (await countWaiting(world))
    const isAway = scenario.isAbandoned || (scenario.isPatient && isWaiting)
    const asks = scenario.orders !== undefined && !isAway
    if (asks) await pursue(app, world.merchant)
    if (scenario.orders !== undefined && !scenario.isSilent) await world.hearProvider()
    for (const delivery of [...world.undelivered.values()]) await app.deliver(delivery)
    await app.work()
    // Whoever did something now wants to see what became of it.
    const insisted = (await scenario.insist?.(app, world)) ?? false
    const waiting = await countWaiting(world)
    const unanswered = scenario.isAbandoned
      ? 0
      : world.merchant.orders.length - world.merchant.answers.size
    const outside = unanswered + world.undelivered.size
    if (Object.keys(waiting).length === 0 && outside === 0 && !insisted) return {}
    if (world.offsetSeconds() > until) {
      return { ...waiting, 'the provider': world.undelivered.size, 'the merchant': unanswered }
    }
  }
}

/** Everything that says: somebody still has to do something. Tables with nothing open are left out. */
export async function countWaiting(world: World): Promise<Record<string, number>> {
  const [counts] = await world.sql(`select (select count(*) from inbox_queue)::int as inbox_queue,
    (select count(*) from worker_batches b
      where exists (select from inbox_queue q where q.inbox_event_id = any(b.inbox_event_ids)))::int as worker_batches,
    (select count(*) from payment_attempts
      where status in ('created', 'sent', 'unknown'))::int as payment_attempts,
    (select count(*) from replays where status in ('waiting', 'running'))::int as replays`)
  return Object.fromEntries(
    Object.entries(counts as Record<string, number>).filter(([, count]) => count > 0),
  )
}
