/**
 * P2, webhook applied: our two processors against the bare apply, on copies of one filled inbox each. Everything
 * waits already, so this is the rate at which a backlog goes down.
 */
import { migrateUp } from '../../src/store/migrate.ts'
import { bulkStore } from '../../test/support/bulk-store.ts'
import type { EventBody } from '../../test/support/inbox.ts'
import { applyBare, openBareWorkers } from '../bare/apply.ts'
import { bareApplySchema } from '../bare/apply-schema.ts'
import { measureRounds, type Variant } from '../measure/rounds.ts'
import { type Figure, figuresOf } from '../report/figures.ts'
import { type EventSet, eventSets } from '../support/event-sets.ts'
import { openPrivatePostgres, type PrivatePostgres, runSql } from '../support/private-postgres.ts'
import { applyOurs, openOurDatabase } from './apply-ours.ts'
import { seedOwner } from './seed-owner.ts'
import { storeBareEvents } from './store-bare-events.ts'

const full = { eventCount: 20_000, roundCount: 3 }
const quick = { eventCount: 3_000, roundCount: 3 }

export async function measureP2(isQuick: boolean): Promise<Figure[]> {
  const { eventCount, roundCount } = isQuick ? quick : full
  await using postgres = await openPrivatePostgres()
  const figures: Figure[] = []
  for (const set of eventSets) {
    console.error(`P2 ${set.name}: storing ${eventCount} events`)
    const variants = await prepareVariants(postgres, set, eventCount)
    const runs = await measureRounds(variants, { roundCount, postgresPid: postgres.pid })
    figures.push(...figuresOf(`P2 apply, ${set.name}`, runs, 'bare'))
  }
  return figures
}

async function prepareVariants(
  postgres: PrivatePostgres,
  set: EventSet,
  eventCount: number,
): Promise<Variant[]> {
  const events = set.make(eventCount)
  const bare = `${set.name.replaceAll(' ', '_')}_bare`
  const ours = await prepareOurVariant(postgres, set, events)
  const bareUrl = await postgres.createDatabase(bare)
  await runSql(bareUrl, bareApplySchema)
  await storeBareEvents(bareUrl, events)
  await runSql(bareUrl, 'vacuum analyze')
  return [{ name: 'bare', prepare: () => prepareBare(postgres, bare, events.length) }, ours]
}

/** Our processors, each run on a fresh copy of an inbox that holds the events. */
export async function prepareOurVariant(
  postgres: PrivatePostgres,
  set: EventSet,
  events: EventBody[],
): Promise<Variant> {
  const ours = `${set.name.replaceAll(' ', '_')}_ours`
  const oursUrl = await postgres.createDatabase(ours)
  await migrateUp(oursUrl, { info: () => undefined })
  await seedOwner(oursUrl)
  const database = openOurDatabase(oursUrl)
  await bulkStore(database, events)
  await database.close()
  await runSql(oursUrl, 'vacuum analyze')
  return { name: 'ours', prepare: () => prepareOurs(postgres, ours, events.length) }
}

async function prepareBare(postgres: PrivatePostgres, template: string, count: number) {
  const url = await postgres.createDatabase('run', template)
  const workers = await openBareWorkers(url)
  return {
    nodePids: [process.pid],
    run: () => timed(count, () => applyBare(workers)),
    close: async () => {
      await Promise.all(workers.map((worker) => worker.end()))
      await postgres.dropDatabase('run')
    },
  }
}

async function prepareOurs(postgres: PrivatePostgres, template: string, count: number) {
  const database = openOurDatabase(await postgres.createDatabase('run', template))
  return {
    nodePids: [process.pid],
    run: () => timed(count, () => applyOurs(database)),
    close: async () => {
      await database.close()
      await postgres.dropDatabase('run')
    },
  }
}

async function timed(expected: number, apply: () => Promise<number>) {
  const startedAt = performance.now()
  const operations = await apply()
  const seconds = (performance.now() - startedAt) / 1000
  if (operations !== expected) throw new Error(`applied ${operations} of ${expected} events`)
  return { operations, seconds }
}
