import { shuffled } from '../../../support/random.ts'
import type { Arena } from '../arena.ts'
import { askAll, createDeed, type Scene } from '../scene.ts'

const CLICK_COUNT = 50
const ORDER_CLICK_COUNT = 20
const SLOW_MS_MAX = 150

/** The same button, again and again, while the first answer is on its way. */
export const doubleClicks: Scene = {
  name: 'fifty clicks under one key',
  run: async (arena) => {
    const deed = createDeed(arena.tenant, arena.fresh('click'))
    await arena.app.fault({
      ...{ operation: 'payment_intents.create', mode: 'slow' },
      delay_ms: arena.random.below(SLOW_MS_MAX),
    })
    const calls = await askAll(arena, Array(CLICK_COUNT).fill(deed))
    return { calls, metCount: calls.filter(({ outcome }) => outcome === 'busy').length }
  },
}

/** Tabs and devices: each click has a key of its own or none, and all are for one order. */
export const oneOrder: Scene = {
  name: 'one order under many keys',
  run: async (arena) => {
    const reference = arena.fresh('order')
    const deeds = Array.from({ length: ORDER_CLICK_COUNT }, () =>
      createDeed(arena.tenant, arena.random.chance(0.3) ? undefined : arena.fresh('tab'), {
        reference,
      }),
    )
    const calls = await askAll(arena, deeds)
    return { calls, metCount: calls.filter(({ status }) => status !== 201).length }
  },
}

const CROWD_COUNT = 12

/** Many customers at the same moment, each of whom clicks in two tabs and twice in each: commits are shared. */
export const crowd: Scene = {
  name: 'a crowd, two tabs each',
  locksInOrder: true,
  run: async (arena) => {
    const { tenant, fresh, random } = arena
    await writeKeysSlowly(arena)
    const deeds = Array.from({ length: CROWD_COUNT }, () => {
      const reference = fresh('order')
      return [0, 1].map(() => createDeed(tenant, fresh('tab'), { reference }))
    }).flat()
    const alone = Array.from({ length: CROWD_COUNT }, () => createDeed(tenant, fresh('alone')))
    const wanted = [...deeds, ...alone]
    const calls = await askAll(arena, shuffled([...wanted, ...wanted], random))
    return { calls, metCount: calls.filter(({ status }) => status !== 201).length }
  },
}

/** Two statements that write many keys are over too soon to meet in the middle; with this they do. */
async function writeKeysSlowly({ app }: Arena): Promise<void> {
  await app.sql(`create or replace function write_slowly() returns trigger language plpgsql
    as 'begin perform pg_sleep(0.001); return new; end'`)
  await app.sql(`create or replace trigger keys_of_a_crowd before insert on idempotency_keys
    for each row when (new.key like 'tab-%' or new.key like 'alone-%') execute function write_slowly()`)
}
