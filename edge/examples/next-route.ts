import { openIntake } from 'payonce/intake'

const intake = openIntake({
  databaseUrl: process.env.DATABASE_URL,
  webhookSecret: process.env.STRIPE_WEBHOOK_SECRET,
})

/** app/webhooks/stripe/route.ts */
export const POST = (request: Request) => intake.fetch(request)
