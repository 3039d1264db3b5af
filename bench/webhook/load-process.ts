/** The load generator in a process of its own: makes its requests when told to, sends them when told to. */
import { sendLoad } from './send-load.ts'
import { makeSignedRequests, type SignedRequests } from './signed-requests.ts'

export type LoadOrder =
  | ({ order: 'prepare' } & SignedRequests)
  | { order: 'send'; port: number; perSecond?: number }

let requests: Buffer[] = []

process.on('message', (message: LoadOrder) => {
  if (message.order === 'prepare') {
    requests = makeSignedRequests(message)
    process.send?.({ done: 'prepare' })
    return
  }
  sendLoad(message.port, requests, message.perSecond).then(
    (result) => process.send?.({ done: 'send', result }),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
