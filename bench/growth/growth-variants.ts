import { bulkStore } from '../../test/support/bulk-store.ts'
import { applyOurs, openOurDatabase } from '../apply/apply-ours.ts'
import type { Load } from '../load/load.ts'
import type { Prepared } from '../measure/rounds.ts'
import { makeIntentEvent } from '../support/intent-event.ts'
import { type PrivatePostgres, runSql } from '../support/private-postgres.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { signing, startOurs, WARM_UP_COUNT } from '../webhook/p1.ts'

export type Growth = {
  postgres: PrivatePostgres
  load: Load
  eventCount: number
  /** of the next event: the history stays, so none comes twice */
  nextNumber: number
}
/** `fresh`: a copy of empty tables, gone afterwards. `grown`: the one database with the history. */
export type Place = 'fresh' | 'grown'

/** P1: signed webhooks to a server of our own. */
export async function prepareIntake(growth: Growth, place: Place): Promise<Prepared> {
  const { load, eventCount: count } = growth
  const opened = await openPlace(growth, place)
  const folder = createTemporaryFolder('p6')
  const server = await startOurs(opened.url, folder.path)
  await load.prepare({ ...signing, firstNumber: take(growth, WARM_UP_COUNT), count: WARM_UP_COUNT })
  await load.send(server.port)
  await load.prepare({ ...signing, firstNumber: take(growth, count), count })
  return {
    nodePids: [server.pid],
    loadPid: load.pid,
    run: () => load.send(server.port),
    close: async () => {
      await server.close()
      await folder.remove()
      await opened.close()
    },
  }
}

/** P2: a backlog in which every event is another payment's only one. */
export async function prepareApply(growth: Growth, place: Place): Promise<Prepared> {
  const { eventCount: count } = growth
  const opened = await openPlace(growth, place)
  const database = openOurDatabase(opened.url)
  // What the intake's rounds left; on empty tables there is none.
  await applyOurs(database)
  const firstNumber = take(growth, count)
  const firstSecond = Math.floor(Date.now() / 1000) - count / 10
  const events = Array.from({ length: count }, (_, index) =>
    makeIntentEvent(firstNumber + index, Math.floor(firstSecond + index / 10)),
  )
  await bulkStore(database, events)
  await runSql(opened.url, 'vacuum analyze inbox_queue')
  return {
    nodePids: [process.pid],
    run: async () => {
      const startedAt = performance.now()
      const operations = await applyOurs(database)
      if (operations !== count) throw new Error(`applied ${operations} of ${count} events`)
      return { operations, seconds: (performance.now() - startedAt) / 1000 }
    },
    close: async () => {
      await database.close()
      await opened.close()
    },
  }
}

/** Both begin right after a checkpoint: making and dropping a database each force one. */
async function openPlace({ postgres }: Growth, place: Place) {
  if (place === 'grown') return { url: postgres.urlOf('grown'), close: async () => undefined }
  const url = await postgres.createDatabase('run', 'fresh')
  return { url, close: () => postgres.dropDatabase('run') }
}

function take(growth: Growth, count: number): number {
  const first = growth.nextNumber
  growth.nextNumber += count
  return first
}
