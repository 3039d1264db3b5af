import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** One keep-alive connection, one request at a time: the client must cost less than the server it measures. */
export type RawConnection = { send(request: Buffer): Promise<void>; close(): void }

const HEAD_END = Buffer.from('\r\n\r\n')

/** @throws Error from `send` on any answer but 200 */
export async function openRawConnection(port: number): Promise<RawConnection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let received: Buffer = Buffer.alloc(0)
  let waiting: PromiseWithResolvers<void> | undefined
  const finish = (error?: Error) => {
    const answered = waiting
    waiting = undefined
    if (error === undefined) answered?.resolve()
    else answered?.reject(error)
  }
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    if (!isWholeAnswer(received)) return
    const status = received.subarray(9, 12).toString('latin1')
    const error = status === '200' ? undefined : new Error(received.toString('utf8'))
    received = Buffer.alloc(0)
    finish(error)
  })
  socket.on('error', finish)
  socket.on('close', () => finish(new Error('the server closed the connection')))
  return {
    send: (request) => {
      waiting = Promise.withResolvers<void>()
      socket.write(request)
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

function isWholeAnswer(bytes: Buffer): boolean {
  const headEnd = bytes.indexOf(HEAD_END)
  if (headEnd < 0) return false
  const head = bytes.subarray(0, headEnd).toString('latin1')
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  if (length !== undefined) return bytes.length >= headEnd + HEAD_END.length + Number(length)
  return bytes.subarray(-5).toString('latin1') === '0\r\n\r\n'
}
