import type { NewId } from '../domain/ids.ts'
import type { Queryable } from '../store/db.ts'
import { openAccountDirectory } from './account-directory.ts'
import { openByteBudget } from './byte-budget.ts'
import { openIntakeBatches } from './intake-batches.ts'
import { createOriginAllowList } from './origin-allow-list.ts'
import { createBodyParser } from './parse-body.ts'
import type { ParseThread } from './parse-thread.ts'
import type { ReceiveDeps } from './receive.ts'
import { storeDeliveries } from './store-deliveries.ts'

export type IntakeDeps = {
  db: Queryable
  newId: NewId
  /** none: the secrets stored with the account */
  stripeSecrets: readonly string[]
  /** networks a webhook may come from; none: any */
  allowedNetworks: readonly string[]
  /** bytes of bodies held at once */
  bytesMax: number
  /** where large bodies are parsed; absent: here */
  parseThread?: Pick<ParseThread, 'parse'>
  /** told, after each commit, how many deliveries now wait to be applied */
  onStored: (count: number) => void
}

export type Intake = {
  receive: ReceiveDeps
  bytesInFlight: () => number
  /** resolves when nothing waits and nothing is in flight */
  drain(): Promise<void>
}

/** Everything a webhook passes between its bytes and its commit, in the server and wherever else it is mounted. */
export function openIntake(deps: IntakeDeps): Intake {
  const { db, newId, onStored } = deps
  const budget = openByteBudget(deps.bytesMax)
  const batches = openIntakeBatches((rows) => storeDeliveries({ db, newId, onStored }, rows))
  return {
    receive: {
      directory: openAccountDirectory({
        db,
        configuredSecrets: { stripe: deps.stripeSecrets },
        nowMs: () => performance.now(),
      }),
      isOriginAllowed: createOriginAllowList(deps.allowedNetworks),
      budget,
      parseBody: createBodyParser(deps.parseThread),
      store: batches.store,
      newId,
      nowSeconds: () => Math.floor(Date.now() / 1000),
    },
    bytesInFlight: budget.inFlight,
    drain: batches.drain,
  }
}
