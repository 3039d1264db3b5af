/** The load generator in a process of its own: makes its requests when told to, sends them when told to. */
import { type RequestSource, sendLoad } from './send-load.ts'
import { makeSignedRequest, makeSignedRequests, type SignedRequests } from './signed-requests.ts'

export type LoadOrder =
  | ({ order: 'prepare' } & SignedRequests)
  | { order: 'send'; port: number; perSecond?: number }
  /** made and signed one by one as they are sent */
  | ({ order: 'offer'; port: number; perSecond: number } & SignedRequests)

let prepared: RequestSource = { count: 0, requestAt: () => Buffer.alloc(0) }

process.on('message', (message: LoadOrder) => {
  if (message.order === 'prepare') {
    const requests = makeSignedRequests(message)
    prepared = { count: requests.length, requestAt: (index) => requests[index] ?? Buffer.alloc(0) }
    process.send?.({ done: 'prepare' })
    return
  }
  const source =
    message.order === 'send'
      ? prepared
      : {
          count: message.count,
          requestAt: (index: number) => makeSignedRequest(message, index),
        }
  sendLoad(message.port, source, message.perSecond).then(
    (result) => process.send?.({ done: message.order, result }),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())
