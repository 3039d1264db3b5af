import type { Config } from '../config/config.ts'
import type { NewId } from '../domain/ids.ts'
import { openIntake as openInboxIntake } from '../inbox/intake.ts'
import { openParseThread } from '../inbox/parse-thread.ts'
import type { ReceiveDeps } from '../inbox/receive.ts'
import { storeTraced } from '../inbox/store-traced.ts'
import type { Database } from '../store/db.ts'
import { type Tracing, withStatements } from '../telemetry/tracing.ts'

export type Intake = { receive: ReceiveDeps; bytesInFlight: () => number; close(): Promise<void> }

/** The intake of the server: with its settings, and with a thread for large bodies. */
export function openIntake(deps: {
  config: Config
  database: Database
  newId: NewId
  onStored: (count: number) => void
  tracing: Tracing | undefined
}): Intake {
  const { config, database, newId, onStored, tracing } = deps
  const parseThread = openParseThread()
  const { drain, ...intake } = openInboxIntake({
    // A statement that several requests share is no step of one of them.
    db: { query: (statement) => withStatements([], () => database.query(statement)) },
    newId,
    onStored,
    parseThread,
    stripeSecrets: config.stripe.webhookSecrets.map((secret) => secret.reveal()),
    allowedNetworks: config.webhookOrigins,
    bytesMax: config.intakeBytesMax,
  })
  const { receive } = intake
  return {
    ...intake,
    receive:
      tracing === undefined ? receive : { ...receive, store: storeTraced(receive.store, tracing) },
    close: async () => {
      await drain()
      await parseThread.close()
    },
  }
}
