/** The product on the connections of one process that may die: its real parts, taking turns one after another. */

import { openIntake } from '../../../src/inbox/intake.ts'
import { openInboxProcessor } from '../../../src/inbox/process.ts'
import { openReplayer } from '../../../src/inbox/replay-batch.ts'
import { openLedgerAccounts } from '../../../src/ledger/accounts.ts'
import { compactBalances } from '../../../src/store/compact-balances.ts'
import type { Database } from '../../../src/store/db.ts'
import { openIdSource } from '../../../src/store/new-id.ts'
import { attemptResolver } from '../../../src/workers/attempt-resolver.ts'
import { stripeSignature } from '../../support/stripe-signature.ts'
import type { Delivery } from './delivery.ts'
import { openHttp, type Post } from './http.ts'
import { type Fault, type Mortal, openMortal } from './mortal.ts'
import type { MortalDatabase } from './mortal-databases.ts'
import { openPayments } from './payments.ts'
import { type World, webhookSecret } from './world.ts'

export type Application = {
  mortal: Mortal
  database: Database
  /** one request of the merchant's */
  post: Post
  /** one webhook; a yes is remembered by the world, a no leaves the delivery with it */
  deliver(delivery: Delivery): Promise<void>
  /** every duty takes turns until none has anything to do right now */
  work(): Promise<void>
  /** gives its connections to the next process, if they are whole */
  close(): void
}

/** A duty that fails pauses for a second and takes its turn again. */
const PAUSE_SECONDS = 1
const FAILED_TURNS_MAX = 30
const TURNS_MAX = 500
const INTAKE_BYTES_MAX = 64 * 1024 * 1024

export const retry = {
  countMax: 5,
  immediateCount: 1,
  baseSeconds: 2,
  delaySecondsMax: 3600,
  jitterRatio: 0,
}

export function openApplication(
  world: World,
  options: { fault?: Fault; onStandstill?: () => Promise<void> } = {},
): Application {
  const connections: MortalDatabase = world.databases.take()
  const { database } = connections
  const mortal = openMortal({
    fault: options.fault,
    onDeath: () => connections.cut('all'),
    onStandstill: async () => {
      // The server itself ends a transaction that stands idle.
      await connections.cut('inTransaction')
      await options.onStandstill?.()
    },
  })
  connections.belongTo(mortal)
  const newId = openIdSource()
  const ledgerAccounts = openLedgerAccounts(database, newId)
  const payments = openPayments({
    database,
    newId,
    ledgerAccounts,
    call: world.provider.call(mortal),
    nowMs: () => performance.now() + world.offsetSeconds() * 1000,
  })
  const resolver = attemptResolver(payments, () => {})
  const duties = [
    async () => (await resolver.takeTurn()) === 'worked',
    async () => (await applierTurn()).outcome === 'worked',
    async () => (await replayerTurn()) === 'worked',
    async () => (await compactBalances(database)) > 0,
  ]
  const applierTurn = openInboxProcessor({
    database,
    newId,
    ledgerAccounts,
    workerId: 'net',
    retry,
    batchCountMax: 100,
    onApplied: () => {},
    onFailed: () => {},
  })
  const replayerTurn = openReplayer({
    database,
    newId,
    openLedgerAccounts: () => ledgerAccounts,
    onBatch: () => {},
  })
  const intake = openIntake({
    db: database,
    newId,
    stripeSecrets: [webhookSecret],
    allowedNetworks: [],
    bytesMax: INTAKE_BYTES_MAX,
    onStored: () => {},
  })
  // Made when it is needed: not every process is asked for something.
  let server: Post | undefined
  const post: Post = (...request) => {
    server ??= openHttp({ database, payments, receive: intake.receive })
    return server(...request)
  }
  return {
    mortal,
    database,
    post,
    deliver: async ({ event, body }) => {
      const headers = {
        'stripe-signature': stripeSignature(body, webhookSecret),
        'x-request-id': `req_${event.id}`,
      }
      const { status } = await post('/webhooks/stripe', headers, body)
      // Whatever the reason, nobody said yes: the provider delivers again.
      if (status !== 200) return
      world.acknowledged.set(event.id, body)
      world.undelivered.delete(event.id)
    },
    work: async () => {
      let failedCount = 0
      for (let turn = 0; turn < TURNS_MAX; turn++) {
        let isWorking = false
        for (const takeTurn of duties) {
          try {
            isWorking = (await takeTurn()) || isWorking
          } catch (error) {
            failedCount += 1
            if (mortal.isDead || failedCount > FAILED_TURNS_MAX) throw error
            isWorking = true
            await world.advance(PAUSE_SECONDS)
          }
        }
        if (!isWorking) return
      }
      throw new Error(`the duties still find work after ${TURNS_MAX} turns`)
    },
    close: () => {
      mortal.bury()
      if (!mortal.isDead) world.databases.giveBack(connections)
    },
  }
}
