/**
 * Clients that cost a server something and give it nothing, in a process of their own, so that their sockets take
 * none of the test's descriptors: some say nothing, some drip their headers, some drip a signed body.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { eventBody, sign } from '../flows/intake-fixture.ts'

export type SlowClientKind = 'idle' | 'slow headers' | 'slow body'
export type SlowClientOrder = {
  port: number
  secret: string
  counts: Record<SlowClientKind, number>
}
/** What became of one client: how long it was let be, and the status it was told, if any. */
export type SlowClientEnd = { kind: SlowClientKind; openMs: number; status: number | undefined }
export type SlowClientReport = { opened: number } | { ended: SlowClientEnd[] }

/** The kernel queues a few hundred new connections; more at once would wait for its repeats. */
const CONNECT_COUNT_MAX = 200
const DRIP_MS = 1_000

process.on('message', (order: SlowClientOrder) => void run(order))
process.on('disconnect', () => process.exit())

async function run({ port, secret, counts }: SlowClientOrder): Promise<void> {
  const kinds = (Object.keys(counts) as SlowClientKind[]).flatMap((kind) =>
    Array.from({ length: counts[kind] }, () => kind),
  )
  const ends: Promise<SlowClientEnd>[] = []
  for (let from = 0; from < kinds.length; from += CONNECT_COUNT_MAX) {
    const wave = kinds.slice(from, from + CONNECT_COUNT_MAX).map(async (kind, index) => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      ends.push(followToTheEnd(socket, kind))
      drip(socket, textOf(kind, from + index, secret))
    })
    await Promise.all(wave)
  }
  process.send?.({ opened: ends.length } satisfies SlowClientReport)
  process.send?.({ ended: await Promise.all(ends) } satisfies SlowClientReport)
}

/** What is sent at once, and what follows byte by byte; the bodies are good ones, signed, only never complete. */
function textOf(
  kind: SlowClientKind,
  number: number,
  secret: string,
): [first: string, rest: string] {
  if (kind === 'idle') return ['', '']
  const line = 'POST /webhooks/stripe HTTP/1.1\r\nhost: x\r\n'
  if (kind === 'slow headers') return [line, `x-slow: ${'y'.repeat(1000)}`]
  const body = eventBody(`evt_slow_${number}`)
  const head = `stripe-signature: ${sign(body, secret)}\r\ncontent-length: ${body.length}\r\n\r\n`
  return [line + head, body]
}

function drip(socket: Socket, [first, rest]: [string, string]): void {
  if (first === '') return
  socket.write(first)
  let sent = 0
  const timer = setInterval(() => socket.write(rest[sent++] ?? ''), DRIP_MS)
  socket.on('close', () => clearInterval(timer))
}

async function followToTheEnd(socket: Socket, kind: SlowClientKind): Promise<SlowClientEnd> {
  const openedAt = performance.now()
  let answer = ''
  // A byte that is under way when the server closes is answered with a reset, which is an end like any other.
  socket.on('error', () => socket.destroy())
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk
  })
  await new Promise((resolve) => socket.once('close', resolve))
  const status = /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]
  return {
    kind,
    openMs: performance.now() - openedAt,
    status: status === undefined ? undefined : Number(status),
  }
}
