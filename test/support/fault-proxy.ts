import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/**
 * `pass`: as if it were not there. `refuse`: nobody listens. `reset`: every connection is cut at once. `blackHole`:
 * connections stay open and nothing arrives. `slow`: answers come late. `garbage`: answers are bytes without meaning.
 */
export type Fault = 'pass' | 'refuse' | 'reset' | 'blackHole' | 'slow' | 'garbage'

export type FaultProxy = {
  port: number
  /** from now on, for connections that are open as well */
  setFault(fault: Fault): Promise<void>
  /** connections that were made, whatever became of them */
  connectionCount(): number
  close(): Promise<void>
}

const SLOW_MS = 200

/** A TCP proxy that stands between the code under test and a server, and misbehaves on demand. */
export async function openFaultProxy(target: { host: string; port: number }): Promise<FaultProxy> {
  let fault: Fault = 'pass'
  let connectionCount = 0
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()

  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Cutting connections is what this is for.
    socket.on('error', () => {})
  }
  const answer = (client: Socket, bytes: Buffer) => {
    if (fault === 'pass') client.write(bytes)
    if (fault === 'garbage') client.write('\u0000what?\r\n'.repeat(20))
    if (fault !== 'slow') return
    const timer = setTimeout(() => {
      timers.delete(timer)
      client.write(bytes)
    }, SLOW_MS)
    timers.add(timer)
  }
  const server = createServer((client) => {
    connectionCount += 1
    keep(client)
    if (fault === 'reset') return client.resetAndDestroy()
    const upstream = connect(target)
    keep(upstream)
    client.on('data', (bytes) => {
      if (fault !== 'blackHole') upstream.write(bytes)
    })
    upstream.on('data', (bytes) => answer(client, bytes))
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return address.port
  }
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  const stopListening = async () => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    cut()
    await closed
  }
  const port = await listen(0)
  return {
    port,
    setFault: async (next) => {
      fault = next
      if (next === 'refuse') return stopListening()
      if (next === 'reset') cut()
      if (!server.listening) await listen(port)
    },
    connectionCount: () => connectionCount,
    close: async () => {
      for (const timer of timers) clearTimeout(timer)
      await stopListening()
    },
  }
}
