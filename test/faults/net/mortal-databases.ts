/** Pools that outlive a case unless its process died: connecting anew costs more than most cases. */
import { type Database, openDatabase } from '../../../src/store/db.ts'
import type { Mortal } from './mortal.ts'
import { type MortalClient, mortalClientClass, type Owner } from './mortal-client.ts'

export type MortalDatabase = {
  database: Database
  belongTo(mortal: Mortal | undefined): void
  /** ends every connection at the server; with `inTransaction`, only those a time-out of the server would end */
  cut(which: 'all' | 'inTransaction'): Promise<void>
}

export type DatabaseStock = AsyncDisposable & {
  take(): MortalDatabase
  giveBack(taken: MortalDatabase): void
}

const POOL_SIZE = 4

export function openDatabaseStock(options: {
  url: string
  cut: (pids: number[]) => Promise<void>
}): DatabaseStock {
  const free: MortalDatabase[] = []
  const open = (): MortalDatabase => {
    const owner: Owner = { mortal: undefined }
    const clients = new Set<MortalClient>()
    const clientClass = mortalClientClass({ pool: 'hot', owner, clients, cut: options.cut })
    const database = openDatabase({
      url: options.url,
      poolSize: POOL_SIZE,
      applicationName: 'net',
      indexOnly: true,
      clientClass,
      mayExitOnIdle: true,
    })
    return {
      database,
      belongTo: (mortal) => {
        owner.mortal = mortal
      },
      cut: async (which) => {
        const chosen = [...clients].filter((one) => which === 'all' || one.isInTransaction)
        if (chosen.length > 0) await options.cut(chosen.map((one) => one.processID))
      },
    }
  }
  return {
    take: () => free.pop() ?? open(),
    giveBack: (taken) => {
      taken.belongTo(undefined)
      free.push(taken)
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(free.map(({ database }) => database.close()))
    },
  }
}
