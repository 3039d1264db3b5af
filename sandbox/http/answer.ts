import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a call gets back, before anything happens to it on the way. */
export type Answer = {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

export function json(status: number, value: unknown): Answer {
  return { status, body: JSON.stringify(value) }
}

export function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (response.destroyed) return
  const length = String(Buffer.byteLength(body))
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': length,
    ...headers,
  })
  response.end(body)
}

const BODY_BYTES_MAX = 1 << 20

/** undefined when it is larger than any call needs. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > BODY_BYTES_MAX) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
