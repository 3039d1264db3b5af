import type { Config } from '../config/config.ts'
import type { NewId } from '../domain/ids.ts'
import { openIntake as openInboxIntake } from '../inbox/intake.ts'
import { openParseThread } from '../inbox/parse-thread.ts'
import type { ReceiveDeps } from '../inbox/receive.ts'
import type { Database } from '../store/db.ts'

export type Intake = { receive: ReceiveDeps; bytesInFlight: () => number; close(): Promise<void> }

/** The intake of the server: with its settings, and with a thread for large bodies. */
export function openIntake(deps: {
  config: Config
  database: Database
  newId: NewId
  onStored: (count: number) => void
}): Intake {
  const { config, database, newId, onStored } = deps
  const parseThread = openParseThread()
  const { drain, ...intake } = openInboxIntake({
    db: database,
    newId,
    onStored,
    parseThread,
    stripeSecrets: config.stripe.webhookSecrets.map((secret) => secret.reveal()),
    allowedNetworks: config.webhookOrigins,
    bytesMax: config.intakeBytesMax,
  })
  return {
    ...intake,
    close: async () => {
      await drain()
      await parseThread.close()
    },
  }
}
