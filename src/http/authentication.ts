import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { DomainError } from '../domain/errors.ts'
import type { MerchantId } from '../domain/ids.ts'

/** Who calls, as its API key says: the key fixes merchant and mode. */
export type Caller = { merchantId: MerchantId; livemode: boolean; apiKeyId: string }
/** Undefined: no key, or not a valid one. */
export type Authenticate = (headers: IncomingHttpHeaders) => Promise<Caller | undefined>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** true: answered without a key. Absent, a route needs one. */
    isPublic?: boolean
  }
  interface FastifyRequest {
    caller: Caller | undefined
  }
}

/** Every route needs a key unless its own config says that it is public. */
export function requireAuthentication(app: FastifyInstance, authenticate: Authenticate): void {
  app.decorateRequest('caller', undefined)
  app.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.isPublic === true) return
    request.caller = await authenticate(request.headers)
    if (request.caller !== undefined) return
    const isGiven = Boolean(request.headers.authorization)
    throw new DomainError('unauthenticated', {
      public: `${isGiven ? 'The API key is unknown or revoked' : 'The request has no API key'}. Send Authorization: Bearer <key>.`,
    })
  })
}

/** The caller of a route that is not public. */
export function callerOf(request: FastifyRequest): Caller {
  if (request.caller === undefined) throw new DomainError('unauthenticated')
  return request.caller
}
