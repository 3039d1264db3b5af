import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** What becomes of connections that are there; those made afterwards are whole again. */
type Fault = 'whole' | 'dies_when_asked' | 'dies_before_answer' | 'silent'

/** Stands between a client and the database, and lets the network in between fail. */
export type DatabaseProxy = AsyncDisposable & {
  url: string
  /** connections made so far */
  connectionCount: () => number
  break(fault: Fault): void
  /** nobody listens any more, and every connection ends */
  close(): Promise<void>
}

export async function openDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl)
  const faults = new Map<Socket, Fault>()
  let connectionCount = 0
  const server = createServer((client) => {
    connectionCount++
    faults.set(client, 'whole')
    const upstream = connect({ host: target.hostname, port: Number(target.port) })
    const end = () => {
      faults.delete(client)
      client.destroy()
      upstream.destroy()
    }
    client.on('data', (bytes) => {
      if (faults.get(client) === 'dies_when_asked') end()
      else if (faults.get(client) !== 'silent') upstream.write(bytes)
    })
    upstream.on('data', (bytes) => {
      if (faults.get(client) === 'dies_before_answer') end()
      else client.write(bytes)
    })
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = new URL(databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = `${(server.address() as AddressInfo).port}`

  const close = async () => {
    for (const client of faults.keys()) client.destroy()
    if (!server.listening) return
    server.close()
    await once(server, 'close')
  }
  return {
    url: url.href,
    connectionCount: () => connectionCount,
    break: (fault) => {
      for (const client of faults.keys()) faults.set(client, fault)
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
