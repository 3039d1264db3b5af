import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { addExamples, type Schema } from './openapi-examples.ts'
import { publicRoutes } from './schema/public-routes.ts'

const problemResponse = {
  description: 'A problem (RFC 9457): `code` is stable, `errors` names each field at fault.',
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri', description: 'the page of this code, served here' },
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

const description = `Every payment happens once, every event counts once, every cent is explained.

**Keys.** Send \`Authorization: Bearer <key>\`, or \`X-API-Key\`. A key stands for one merchant and one mode.

**Errors** are problems (RFC 9457) with a stable \`code\`; [every code](/docs/errors) has a page on this instance.

**Lists** take \`limit\` and \`cursor\`, and answer \`{ "items": [], "next_cursor": null }\`.

**Amounts** are integers in the currency's minor unit; **times** are ISO 8601 in UTC.`

const tags = [
  'Payments',
  'Refunds',
  'Disputes',
  'Payouts',
  'Revenue',
  'Ledger',
  'Provider webhooks',
  'Provider events',
  'Dead letters',
  'Replays',
  'Handler runs',
  'Audit log',
  'Health',
]

/** Makes the document from the schemas of the routes. Register it before them: it learns of a route when that is added. */
export function openapi(deps: { version: string }) {
  const plugin = async (app: FastifyInstance): Promise<void> => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Payonce', version: deps.version, description },
        // The order of the reference; what is not named here comes behind.
        tags: tags.map((name) => ({ name })),
        components: {
          securitySchemes: {
            key: { type: 'http', scheme: 'bearer', description: 'an API key of the merchant' },
          },
        },
        security: [{ key: [] }],
      },
      transform: ({ schema, url, route }) => {
        const isPublic = route.config?.isPublic === true
        const documented: Schema = {
          ...publicRoutes[url],
          ...schema,
          ...(isPublic && { security: [] }),
        }
        if (documented.response !== undefined) {
          documented.response = { ...documented.response, '4XX': problemResponse }
        }
        return { schema: documented, url }
      },
    })
    let document: string | undefined
    app.get(
      '/openapi.json',
      { schema: { hide: true }, config: { isPublic: true } },
      async (_request, reply) => {
        // The routes do not change once the server listens.
        document ??= JSON.stringify(addExamples(app.swagger() as Schema))
        return reply.type('application/json; charset=utf-8').send(document)
      },
    )
  }
  // A plugin sees only the routes of its own scope; this one has to see everybody's.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}
