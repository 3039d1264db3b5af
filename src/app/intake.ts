import type { Config } from '../config/config.ts'
import type { NewId } from '../domain/ids.ts'
import { openAccountDirectory } from '../inbox/account-directory.ts'
import { openByteBudget } from '../inbox/byte-budget.ts'
import { openIntakeBatches } from '../inbox/intake-batches.ts'
import { createOriginAllowList } from '../inbox/origin-allow-list.ts'
import { createBodyParser } from '../inbox/parse-body.ts'
import { openParseThread } from '../inbox/parse-thread.ts'
import type { ReceiveDeps } from '../inbox/receive.ts'
import { storeDeliveries } from '../inbox/store-deliveries.ts'
import type { Database } from '../store/db.ts'

export type Intake = { receive: ReceiveDeps; bytesInFlight: () => number; close(): Promise<void> }

/** Everything a webhook passes between its socket and its commit. */
export function openIntake(deps: {
  config: Config
  database: Database
  newId: NewId
  onStored: (count: number) => void
}): Intake {
  const { config, database, newId, onStored } = deps
  const budget = openByteBudget(config.intakeBytesMax)
  const thread = openParseThread()
  const batches = openIntakeBatches((rows) =>
    storeDeliveries({ db: database, newId, onStored }, rows),
  )
  return {
    receive: {
      directory: openAccountDirectory({
        db: database,
        configuredSecrets: {
          stripe: config.stripe.webhookSecrets.map((secret) => secret.reveal()),
        },
        nowMs: () => performance.now(),
      }),
      isOriginAllowed: createOriginAllowList(config.webhookOrigins),
      budget,
      parseBody: createBodyParser(thread),
      store: batches.store,
      newId,
      nowSeconds: () => Math.floor(Date.now() / 1000),
    },
    bytesInFlight: budget.inFlight,
    close: async () => {
      await batches.drain()
      await thread.close()
    },
  }
}
