import { shuffled } from '../../../support/random.ts'
import { askAll, countUnknown, createDeed, type Scene } from '../scene.ts'

const PAYMENT_COUNT = 6
const wrong = [
  'timeout_after',
  'timeout_before',
  'truncated',
  'error_after',
  'html',
  'unavailable',
] as const

/** Nobody knows what became of these: two workers and their clients find out at once. */
export const manyResolvers: Scene = {
  name: 'two workers and the clients resolve',
  run: async (arena) => {
    const { app, random, fresh, tenant } = arena
    for (let count = 0; count < PAYMENT_COUNT; count++) {
      const mode = wrong[random.below(wrong.length)]
      await app.fault({ operation: 'payment_intents.create', mode, delay_ms: 1 + random.below(40) })
    }
    const deeds = Array.from({ length: PAYMENT_COUNT }, () => createDeed(tenant, fresh('lost')))
    const lost = await askAll(arena, deeds)
    await app.assertFired()
    const unknown = await countUnknown(arena, lost)
    // Every one of them is due now, for whoever comes first.
    await arena.endLeases()
    const again = await askAll(arena, shuffled([...deeds, ...deeds, ...deeds], random))
    const [{ count }] = await app.sql(
      `select count(*)::int as count from payment_attempts a join idempotency_keys k using (operation_id)
        where k.key = any($1) and a.fence > 1`,
      [deeds.map(({ key }) => key)],
    )
    return { calls: [...lost, ...again], metCount: count, unknown }
  },
}
