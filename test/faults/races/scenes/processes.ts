import { setTimeout } from 'node:timers/promises'
import { eventually } from '../../../support/eventually.ts'
import type { Arena } from '../arena.ts'
import type { Call, Deed } from '../history.ts'
import { countUnknown, createDeed, deedOn, makePayment, type Scene } from '../scene.ts'

const KILLED_WITHIN_MS = 160
const STOPPED_AFTER_MS = 30
/** So that a call is still on its way when its process is stopped. */
const LATE_MS = 250
const SLOW_MS_MAX = 200

/** Something of each kind, to be stopped in the middle of. */
async function someDeeds(arena: Arena): Promise<Deed[]> {
  const [unconfirmed, held, charged, released] = await Promise.all([
    makePayment(arena, { confirm: false }),
    makePayment(arena, { capture_method: 'manual' }),
    makePayment(arena),
    makePayment(arena, { capture_method: 'manual' }),
  ])
  return [
    createDeed(arena.tenant, arena.fresh('create')),
    deedOn(arena, 'confirm', unconfirmed),
    deedOn(arena, 'capture', held, { amount_cents: 700 }),
    deedOn(arena, 'refund', charged, { amount_cents: 300 }),
    deedOn(arena, 'cancel', released),
  ]
}

/** The provider takes its time, so that there is something to be in the middle of. */
async function slowProvider({ app, random }: Arena, leastMs: number): Promise<void> {
  await app.control('DELETE', '/faults')
  const operations = ['create', 'confirm', 'capture', 'cancel'].map(
    (one) => `payment_intents.${one}`,
  )
  for (const operation of [...operations, 'refunds.create']) {
    await app.fault({ operation, mode: 'slow', delay_ms: leastMs + random.below(SLOW_MS_MAX) })
  }
}

const someCallUnderWay = ({ app }: Arena) =>
  eventually(
    () => app.control('GET', '/faults'),
    ({ faults }) => faults.some(({ fired }: { fired: number }) => fired > 0),
    10_000,
  )

/**
 * A process stands still for longer than its claims last, others do its work, and then it wakes up and goes on as if
 * nothing had been. By its own clock only a moment went by.
 */
export const zombie: Scene = {
  name: 'stopped for longer than a lease, and woken',
  run: async (arena) => {
    const { random, history, app } = arena
    const deeds = await someDeeds(arena)
    const { url, process } = arena.victim()
    await slowProvider(arena, LATE_MS)
    // Where nobody tells of the effects, they are found by taking the claims over.
    await app.control('POST', '/webhooks', { drop: random.chance(0.7) ? 1 : 0 })
    const late = deeds.map((deed) => history.ask(deed, url))
    await someCallUnderWay(arena)
    await setTimeout(random.below(STOPPED_AFTER_MS))
    process.kill('SIGSTOP')
    const keys = deeds.map(({ key }) => key)
    const held = (await readClaims(arena, keys)).filter(({ status }) => status === 'sent')
    await arena.endLeases()
    const others = arena.urls().filter((one) => one !== url)
    const again: Call[] = []
    // Whatever it has begun is taken over; a request that it has not read yet is begun by another.
    await Promise.all(
      deeds.map((deed) =>
        eventually(
          async () => {
            const call = await history.ask(deed, others[random.below(others.length)] ?? app.url)
            again.push(call)
            return call
          },
          ({ outcome }) => outcome === 'ok',
          20_000,
        ),
      ),
    )
    await arena.decide(again)
    const claimed = await readClaims(arena, keys)
    process.kill('SIGCONT')
    const woken = await Promise.all(late)
    const after = await readClaims(arena, keys)
    if (JSON.stringify(after) !== JSON.stringify(claimed)) {
      throw new Error(`written by a stale claim: ${JSON.stringify({ claimed, after })}`)
    }
    await app.control('DELETE', '/faults')
    await app.control('POST', '/webhooks', {})
    return {
      calls: [...woken, ...again],
      metCount: held.length,
    }
  },
}

/** Killed at any moment while it creates, confirms, captures, refunds and cancels. */
export const killed: Scene = {
  name: 'killed with requests on the wire',
  run: async (arena) => {
    const { random, history, app } = arena
    const deeds = await someDeeds(arena)
    const { url, process } = arena.victim()
    if (random.chance(0.5)) await slowProvider(arena, 0)
    const asked = deeds.map((deed) => history.ask(deed, url))
    await setTimeout(random.below(KILLED_WITHIN_MS))
    process.kill('SIGKILL')
    const calls = await Promise.all(asked)
    const unknown = await countUnknown(arena, calls)
    await app.control('DELETE', '/faults')
    await arena.endLeases()
    await arena.replaceVictim()
    return { calls, metCount: unknown.deedCount, unknown }
  },
}

/** What a stale claim must not touch. */
function readClaims({ app }: Arena, keys: (string | undefined)[]) {
  return app.sql(
    `select k.key, a.status, a.fence::int as fence, a.settled_at, a.lease_until, (select count(*)::int
        from payment_events e where e.subject_id = a.payment_id) as changes
      from payment_attempts a join idempotency_keys k using (operation_id) where k.key = any($1) order by 1`,
    [keys],
  )
}
