import type { FastifyInstance } from 'fastify'
import { openIntake } from 'payonce/intake'

/** `await app.register(stripeWebhooks)`; the parsers of the rest of the application stay as they are. */
export async function stripeWebhooks(app: FastifyInstance): Promise<void> {
  const intake = openIntake({
    databaseUrl: process.env.DATABASE_URL,
    webhookSecret: process.env.STRIPE_WEBHOOK_SECRET,
  })
  app.addHook('onClose', () => intake.close())
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))
  app.post('/webhooks/stripe', async (request, reply) => {
    const { status, headers, body } = await intake.receive({
      headers: request.headers,
      body: request.raw,
      remoteAddress: request.ip,
    })
    // Bytes, because Fastify adds a charset to text.
    return reply.code(status).headers(headers).send(Buffer.from(body))
  })
}
