import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../domain/errors.ts'
import { rememberMethods } from './allowed-methods.ts'
import { knownErrorOf } from './known-error.ts'
import { problemHeadersOf, problemOf } from './problem.ts'
import { contextOf, type Log } from './request-log.ts'

const SERVER_ERROR = 500
const PLAIN_HOST = /^[\w.:[\]-]+$/

/** Every error and every unknown address leaves as a problem; what is our fault is logged with its cause. */
export function answerErrors(app: FastifyInstance, log: Log, publicUrl: string | undefined): void {
  const methodsOf = rememberMethods(app)
  const answer = (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const known = knownErrorOf(error)
    const baseUrl = publicUrl ?? baseUrlOf(request)
    const problem = problemOf(known, { requestId: request.id, baseUrl })
    request.errorCode = known.code
    if (problem.status >= SERVER_ERROR) {
      const fields = { ...contextOf(request), code: known.code, err: known }
      log.error(fields, 'request failed')
    }
    return reply
      .code(problem.status)
      .headers(problemHeadersOf(known)) // Bytes, because a charset would be added to text, and this media type has none.
      .send(Buffer.from(JSON.stringify(problem)))
  }
  app.setErrorHandler(answer)
  app.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url.split('?', 1).join(''))
    if (methods.length === 0) return answer(new DomainError('not_found'), request, reply)
    reply.header('allow', methods.join(', '))
    return answer(new DomainError('method_not_allowed'), request, reply)
  })
}

/** The host is the caller's own claim, so it is used only where it cannot be anything but a host. */
function baseUrlOf(request: FastifyRequest): string {
  return PLAIN_HOST.test(request.host) ? `${request.protocol}://${request.host}` : ''
}
