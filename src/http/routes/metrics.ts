import type { FastifyInstance } from 'fastify'

/** `GET /metrics` in the text form Prometheus reads. */
export function metrics(deps: { render: () => Promise<{ contentType: string; body: string }> }) {
  return async (app: FastifyInstance): Promise<void> => {
    app.get('/metrics', { config: { isPublic: true } }, async (_request, reply) => {
      const { contentType, body } = await deps.render()
      return reply.type(contentType).send(body)
    })
  }
}
