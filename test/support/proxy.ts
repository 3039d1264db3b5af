/** Small proxies, each with one bad habit, between a provider and an instance. */
import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'

export type Habit = (sent: { headers: Record<string, string>; body: Buffer }) =>
  | { headers: Record<string, string>; body: Buffer }
  /** answered by the proxy itself */
  | { status: number; answer: string; headers?: Record<string, string> }

const with_ =
  (change: (text: string) => string): Habit =>
  ({ headers, body }) => ({
    headers,
    body: Buffer.from(change(body.toString())),
  })

const compress: Habit = ({ headers, body }) => ({
  headers: { ...headers, 'content-encoding': 'gzip' },
  body: gzipSync(body),
})

export const habits = {
  none: (sent) => sent,
  reserializes: with_((text) => JSON.stringify(JSON.parse(text))),
  trims: with_((text) => text.trim()),
  speaksLatin: ({ headers, body }) => ({ headers, body: Buffer.from(body.toString(), 'latin1') }),
  rounds: with_((text) => text.replace(/\d{17,}/g, (digits) => String(Number(digits)))),
  wraps: with_((text) => JSON.stringify({ body: text })),
  dropsHeader: ({ headers: { 'stripe-signature': _, ...headers }, body }) => ({ headers, body }),
  compresses: compress,
  compressesLarge: (sent) => (sent.body.length < 1_000 ? sent : compress(sent)),
  limits: (sent) =>
    sent.body.length > 1024 * 1024 ? { status: 413, answer: '<html>413</html>' } : sent,
  redirects: () => ({
    status: 308,
    answer: '',
    headers: { location: 'https://elsewhere.example/' },
  }),
  isAnother: () => ({
    status: 502,
    answer: '<html>Bad Gateway</html>',
    headers: { server: 'nginx' },
  }),
} as const satisfies Record<string, Habit>

export async function openProxy(target: string, habit: Habit) {
  const server = createServer(async (incoming, outgoing) => {
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    )
    const result = habit({ headers, body: await buffer(incoming) })
    if ('status' in result) {
      outgoing.writeHead(result.status, result.headers).end(result.answer)
      return
    }
    const { 'transfer-encoding': _, ...kept } = result.headers
    const forwarded = request(`${target}${incoming.url}`, {
      method: incoming.method,
      headers: { ...kept, 'content-length': String(result.body.length) },
    })
    forwarded.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    forwarded.end(result.body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
