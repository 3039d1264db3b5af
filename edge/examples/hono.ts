import { openIntake } from 'payonce/intake'

type Context = { req: { raw: Request } }
type App = { post(path: string, handler: (context: Context) => Promise<Response>): unknown }

const intake = openIntake({
  databaseUrl: process.env.DATABASE_URL,
  webhookSecret: process.env.STRIPE_WEBHOOK_SECRET,
})

/** `app` is a `new Hono()`. */
export function mountIntake(app: App): void {
  app.post('/webhooks/stripe', (context) => intake.fetch(context.req.raw))
}
