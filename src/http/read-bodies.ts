import type { FastifyInstance, FastifyRequest } from 'fastify'
import { readStrictJson } from './read-strict-json.ts'

/** Bodies are JSON, with numbers as they were written, and nothing else; what is left out is an empty object. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async (_request: FastifyRequest, body: Buffer) => readStrictJson(body),
  )
  app.addHook('preValidation', async (request) => {
    request.body ??= {}
  })
}
