/** Stored events, applied once more because a person says so. */

import { createReplay } from '../../../../src/inbox/create-replay.ts'
import type { InboxEventFilter } from '../../../../src/store/inbox-selection.ts'
import { openIdSource } from '../../../../src/store/new-id.ts'
import { merchantId } from '../../../support/inbox.ts'
import type { Application } from '../application.ts'
import { deliveryOf } from '../delivery.ts'
import type { Scenario } from '../scenario.ts'
import type { World } from '../world.ts'
import { paid, refunded } from './webhooks.ts'

const scope = { merchantId, livemode: false }
const deed = {
  scope,
  actor: { type: 'api_key', id: 'key_net' } as const,
  reason: 'mended',
  requestId: 'req_net',
}

/** A person orders it, and orders it again when they got no answer and see none. */
const orderOf =
  (filter: InboxEventFilter) =>
  async (app: Application, world: World): Promise<boolean> => {
    const [{ count }] = await world.sql('select count(*)::int as count from replays')
    if (count > 0) return false
    const deps = { database: app.database, newId: openIdSource() }
    await createReplay(deps, deed, filter).catch(() => undefined)
    return true
  }

const orderOfDead = orderOf({ status: 'dead', setAside: false })
const orderOfAll = orderOf({ provider: 'stripe' })

export const deadLettersReplayed: Scenario = {
  name: 'dead letters replayed',
  events: [...paid, ...refunded],
  prepare: async (app, world) => {
    for (const event of [...paid, ...refunded]) await app.deliver(deliveryOf(event))
    await world.sql(`insert into dead_letters select id, merchant_id, livemode, 6, 'event', 'internal_error', 'no',
      payonce_clock() from inbox_events`)
    await world.sql('delete from inbox_queue')
  },
  act: async (app, world) => {
    await orderOfDead(app, world)
    await app.work()
  },
  insist: orderOfDead,
}

/** What was applied already changes nothing, and is counted once. */
export const appliedReplayed: Scenario = {
  name: 'applied events replayed',
  events: paid,
  prepare: async (app) => {
    for (const event of paid) await app.deliver(deliveryOf(event))
    await app.work()
  },
  act: async (app, world) => {
    await orderOfAll(app, world)
    await app.work()
  },
  insist: orderOfAll,
}
