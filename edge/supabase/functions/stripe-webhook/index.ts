/** A Supabase Edge Function, and with that a Deno program, that is the webhook intake. */
import { openIntake } from '../../../intake.ts'

const intake = openIntake({
  databaseUrl: Deno.env.get('DATABASE_URL'),
  webhookSecret: Deno.env.get('STRIPE_WEBHOOK_SECRET'),
})

Deno.serve((request) => intake.fetch(request))
