import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type RawAnswer = { status: number; text: string }
/** One keep-alive connection, one request at a time: the client must cost less than the server it measures. */
export type RawConnection = { send(request: Buffer): Promise<RawAnswer>; close(): void }

const HEAD_END = Buffer.from('\r\n\r\n')

export async function openRawConnection(port: number): Promise<RawConnection> {
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
  await once(socket, 'connect')
  let received: Buffer = Buffer.alloc(0)
  let waiting: PromiseWithResolvers<RawAnswer> | undefined
  const fail = (error: Error) => {
    waiting?.reject(error)
    waiting = undefined
  }
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    if (!isWholeAnswer(received)) return
    const text = received.toString('utf8')
    received = Buffer.alloc(0)
    const answered = waiting
    waiting = undefined
    answered?.resolve({ status: Number(text.slice(9, 12)), text })
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the server closed the connection')))
  return {
    send: (request) => {
      waiting = Promise.withResolvers<RawAnswer>()
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
