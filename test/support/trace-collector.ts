/** A collector of OpenTelemetry spans on loopback, as far as tests of an exporter need one. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type CollectedSpan = {
  name: string
  kind: number
  traceId: string
  spanId: string
  parentSpanId?: string
  traceState?: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code?: number; message?: string }
  attributes: Record<string, unknown>
  links: { traceId: string; spanId: string }[]
}

type Attribute = { key: string; value: Record<string, unknown> }
type WireSpan = Omit<CollectedSpan, 'attributes' | 'links'> & {
  attributes: Attribute[]
  links?: CollectedSpan['links']
}
type Body = {
  resourceSpans: {
    resource: { attributes: Attribute[] }
    scopeSpans: { spans: WireSpan[] }[]
  }[]
}

const plain = (attributes: Attribute[]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

export async function openTraceCollector(answer: 'take' | 'fail' | 'never' = 'take') {
  const spans: CollectedSpan[] = []
  const texts: string[] = []
  const headers: Record<string, unknown>[] = []
  const resources: Record<string, unknown>[] = []
  const state = { answer }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (state.answer === 'never') return
    if (state.answer === 'fail') {
      response.writeHead(400).end()
      return
    }
    const text = Buffer.concat(chunks).toString()
    texts.push(text)
    headers.push(request.headers)
    for (const { resource, scopeSpans } of (JSON.parse(text) as Body).resourceSpans) {
      resources.push(plain(resource.attributes))
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        spans.push({ ...span, attributes: plain(span.attributes), links: span.links ?? [] })
      }
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    texts,
    headers,
    resources,
    state,
    [Symbol.asyncDispose]: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
