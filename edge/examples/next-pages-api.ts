import { nodeHandler, openIntake } from 'payonce/intake'

const intake = openIntake({
  databaseUrl: process.env.DATABASE_URL,
  webhookSecret: process.env.STRIPE_WEBHOOK_SECRET,
})

/** pages/api/webhooks/stripe.ts: without this line Next.js parses the body. */
export const config = { api: { bodyParser: false } }

// biome-ignore lint/style/noDefaultExport: Next.js finds the handler of a page by it.
export default nodeHandler(intake)
