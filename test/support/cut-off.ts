import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A way to a server that can be cut, and mended at the same port: what a program sees of a machine that is away. */
export type CutOff = AsyncDisposable & {
  port: number
  cut(): Promise<void>
  mend(): Promise<void>
}

export async function openCutOff(target: { host: string; port: number }): Promise<CutOff> {
  const sockets = new Set<Socket>()
  const forward = (from: Socket) => {
    const to = connect(target)
    for (const socket of [from, to]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => socket.destroy())
    }
    from.on('close', () => to.destroy())
    to.on('close', () => from.destroy())
    from.pipe(to).pipe(from)
  }
  const listen = async (port: number) => {
    const server = createServer(forward).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  let server: Server | undefined = await listen(0)
  const { port } = server.address() as AddressInfo
  const cut = async () => {
    if (server === undefined) return
    const closed = once(server, 'close')
    server.close()
    server = undefined
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const mend = async () => {
    server ??= await listen(port)
  }
  return { port, cut, mend, [Symbol.asyncDispose]: cut }
}
