/** The load generator in a process of its own: makes its requests when told to, sends them when told to. */
import { makePaymentRequests, type PaymentRequests } from '../payments/payment-requests.ts'
import {
  makeSignedRequest,
  makeSignedRequests,
  type SignedRequests,
} from '../webhook/signed-requests.ts'
import { type RequestSource, sendLoad } from './send-load.ts'

export type LoadOrder =
  | ({ order: 'prepare' } & SignedRequests)
  | ({ order: 'prepare payments' } & PaymentRequests)
  | { order: 'send'; port: number; perSecond?: number }
  /** made and signed one by one as they are sent */
  | ({ order: 'offer'; port: number; perSecond: number } & SignedRequests)

const ACCEPTED = 200
const CREATED = 201

let prepared = sourceOf([], ACCEPTED)

process.on('message', (message: LoadOrder) => {
  switch (message.order) {
    case 'prepare':
      prepared = sourceOf(makeSignedRequests(message), ACCEPTED)
      process.send?.({ done: message.order })
      return
    case 'prepare payments':
      prepared = sourceOf(makePaymentRequests(message), CREATED)
      process.send?.({ done: message.order })
      return
    case 'send':
      send(message.order, message.port, prepared, message.perSecond)
      return
    case 'offer': {
      const requestAt = (index: number) => makeSignedRequest(message, index)
      const source = { count: message.count, requestAt, expectedStatus: ACCEPTED }
      send(message.order, message.port, source, message.perSecond)
    }
  }
})
process.on('disconnect', () => process.exit())

function sourceOf(requests: Buffer[], expectedStatus: number): RequestSource {
  const requestAt = (index: number) => requests[index] ?? Buffer.alloc(0)
  return { count: requests.length, requestAt, expectedStatus }
}

function send(
  order: LoadOrder['order'],
  port: number,
  source: RequestSource,
  perSecond: number | undefined,
): void {
  sendLoad(port, source, perSecond).then(
    (result) => process.send?.({ done: order, result }),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}
