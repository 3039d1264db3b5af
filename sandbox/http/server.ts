import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerControl, type Controlled } from '../control/answer-control.ts'
import { answerCall } from '../faults/answer-call.ts'
import { API_VERSION } from '../present/present.ts'
import { StripeError } from '../stripe/errors.ts'
import { operations } from '../stripe/operations.ts'
import { json, send } from './answer.ts'
import { answerChallenge } from './challenge-page.ts'
import { bodyOf, presentFailure } from './present-reply.ts'
import { createRequestId, readCall } from './read-call.ts'
import { createRoutes } from './routes.ts'
import type { Running } from './run-call.ts'

/** Only this machine may talk to it. */
const HOST = '127.0.0.1'

export type Serving = Controlled & Running & { readonly address: string }

/**
 * The port is taken first: whoever fails to get it has not touched the journal of the one who has. Calls that come
 * before it is open wait.
 */
export async function listen(serving: Promise<Serving>, port: number): Promise<Server> {
  const findOperation = createRoutes(operations)
  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    const open = await serving
    answer(open, findOperation, request, response).catch((error: unknown) => {
      if (isGone(error)) return
      open.report(error)
      const failure = { type: 'api_error', message: 'The sandbox failed.' }
      if (!response.headersSent) send(response, json(500, { error: failure }))
      else response.destroy()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, resolve)
  })
  return server
}

/** The caller went away in the middle: there is nobody to answer. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}

export function originOf(server: Server): string {
  return `http://${HOST}:${(server.address() as AddressInfo).port}`
}

/** A web page anywhere may send a request to this machine, and its browser then says whose page it is. */
function isOwn({ headers: { origin } }: IncomingMessage, address: string): boolean {
  return origin === undefined || origin === address
}

async function answer(
  serving: Serving,
  findOperation: ReturnType<typeof createRoutes>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = '/' } = request
  if (url.startsWith('/_sandbox/')) {
    if (isOwn(request, serving.address)) return answerControl(serving, request, response)
    return send(response, json(403, { error: { message: 'Pages of other origins stay out.' } }))
  }
  if (url.startsWith('/3ds/')) return answerChallenge(serving, request, response)
  const requestId = createRequestId()
  response.setHeader('stripe-version', request.headers['stripe-version'] ?? API_VERSION)
  try {
    const call = await readCall(request, findOperation, requestId)
    if (call.key !== undefined) response.setHeader('idempotency-key', call.key)
    await answerCall(serving, serving.faults, call, response)
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    const failure = presentFailure(serving.presenting(), error, requestId)
    const body = bodyOf(serving.presenting(), failure)
    send(response, { status: failure.status, body, headers: { 'request-id': requestId } })
  }
}
