import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { renderReference } from './render-reference.ts'

const problemResponse = {
  description: 'A problem (RFC 9457): `code` is stable, `errors` names each field at fault.',
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    request_id: { type: 'string' },
    retryable: { type: 'boolean' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
}

/**
 * `GET /openapi.json` and `GET /docs`, made from the schemas of the routes. Register it before them: it learns of
 * a route when that is added.
 */
export function openapi(deps: { version: string }) {
  const plugin = async (app: FastifyInstance): Promise<void> => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'Payonce',
          version: deps.version,
          description:
            'Every payment happens once, every event counts once, every cent is explained.',
        },
        components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
        security: [{ key: [] }],
      },
      transform: ({ schema, url, route }) => {
        const isPublic = route.config?.isPublic === true
        const documented = { ...schema, ...(isPublic && { security: [] }) }
        if (schema?.response === undefined) return { schema: documented, url }
        return {
          schema: { ...documented, response: { ...schema.response, '4XX': problemResponse } },
          url,
        }
      },
    })
    const hidden = { schema: { hide: true }, config: { isPublic: true } }
    app.get('/openapi.json', hidden, async () => app.swagger())
    app.get('/docs', hidden, async (_request, reply) =>
      reply.type('text/html; charset=utf-8').send(renderReference(app.swagger())),
    )
  }
  // A plugin sees only the routes of its own scope; this one has to see everybody's.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}
