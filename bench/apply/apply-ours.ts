import { openInboxProcessor } from '../../src/inbox/process.ts'
import { openLedgerAccounts } from '../../src/ledger/accounts.ts'
import { type Database, openDatabase } from '../../src/store/db.ts'
import { openIdSource } from '../../src/store/new-id.ts'

/** As the worker of our own process runs them. */
const PROCESSOR_COUNT = 2
const BATCH_COUNT_MAX = 300
const POOL_SIZE = 10

export function openOurDatabase(url: string): Database {
  return openDatabase({ url, poolSize: POOL_SIZE, applicationName: 'bench', indexOnly: true })
}

/** Applies everything that waits; returns how many events that were. An event that fails stops the bench. */
export async function applyOurs(database: Database): Promise<number> {
  const newId = openIdSource()
  const ledgerAccounts = openLedgerAccounts(database, newId)
  const processors = Array.from({ length: PROCESSOR_COUNT }, (_, number) =>
    openInboxProcessor({
      database,
      newId,
      ledgerAccounts,
      workerId: `bench:${number}`,
      retry: {
        countMax: 5,
        immediateCount: 1,
        baseSeconds: 2,
        delaySecondsMax: 60,
        jitterRatio: 0,
      },
      batchCountMax: BATCH_COUNT_MAX,
      onApplied: () => {},
      onFailed: (event, failure) => {
        throw new Error(`event ${event.eventId} failed: ${failure.detail ?? failure.code}`)
      },
    }),
  )
  const counts = await Promise.all(
    processors.map(async (takeTurn) => {
      for (let total = 0; ; ) {
        const turn = await takeTurn()
        if (turn.outcome === 'idle') return total
        total += turn.count
      }
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}
