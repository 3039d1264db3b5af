import type { IncomingMessage, ServerResponse } from 'node:http'
import type { IntakeAnswer, IntakeDelivery } from './delivery.ts'

/** What raw-body parsers leave on a request: `express.raw()` as `body`, some hosts as `rawBody`. */
type WithRawBody = IncomingMessage & { body?: unknown; rawBody?: unknown }

/** A handler for `node:http`, and for Express and what else hands over Node's own request and response. */
export function nodeHandler(intake: {
  receive(delivery: IntakeDelivery): Promise<IntakeAnswer>
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const { status, headers, body } = await intake.receive({
      method: request.method,
      headers: request.headers,
      body: rawBodyOf(request) ?? request,
      remoteAddress: request.socket.remoteAddress,
    })
    response.writeHead(status, headers).end(body)
  }
}

function rawBodyOf({ rawBody, body }: WithRawBody): Uint8Array | undefined {
  return [rawBody, body].find((candidate) => candidate instanceof Uint8Array)
}
