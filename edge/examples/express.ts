import type { IncomingMessage, ServerResponse } from 'node:http'
import { nodeHandler, openIntake } from 'payonce/intake'

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>
type App = { post(path: string, handler: Handler): unknown }

const intake = openIntake({
  databaseUrl: process.env.DATABASE_URL,
  webhookSecret: process.env.STRIPE_WEBHOOK_SECRET,
})

/** `app` is an `express()`. Call this before `app.use(express.json())`. */
export function mountIntake(app: App): void {
  app.post('/webhooks/stripe', nodeHandler(intake))
}
