import { setTimeout } from 'node:timers/promises'
import { openRawConnection, type RawConnection } from './raw-connection.ts'

export type LoadResult = {
  /** answered as expected */
  operations: number
  seconds: number
  latenciesMs: number[]
  /** how many answers had another status, and what the first of them said */
  others: { count: number; first?: string }
}

/** What is to be sent: made beforehand, or one by one when its moment comes, for a load too long to be held. */
export type RequestSource = {
  count: number
  requestAt: (index: number) => Buffer
  expectedStatus: number
}

const CONNECTION_COUNT_MAX = 64

/**
 * Sends every request once. With a rate, each has its moment, and its latency counts from that moment on, so that a
 * server which falls behind cannot hide it; without, each connection sends the next as soon as it is answered.
 */
export async function sendLoad(
  port: number,
  requests: RequestSource,
  perSecond?: number,
): Promise<LoadResult> {
  const connections = await Promise.all(
    Array.from({ length: Math.min(CONNECTION_COUNT_MAX, requests.count) }, () =>
      openRawConnection(port),
    ),
  )
  const latenciesMs: number[] = []
  const others: LoadResult['others'] = { count: 0 }
  let next = 0
  const startedAt = performance.now()
  const sendUntilDone = async (connection: RawConnection) => {
    for (let number = next++; number < requests.count; number = next++) {
      let dueAt = performance.now()
      if (perSecond !== undefined) {
        dueAt = startedAt + (number / perSecond) * 1000
        const waitMs = dueAt - performance.now()
        if (waitMs > 0) await setTimeout(waitMs)
      }
      const { status, text } = await connection.send(requests.requestAt(number))
      latenciesMs.push(performance.now() - dueAt)
      if (status !== requests.expectedStatus) {
        others.count++
        others.first ??= text
      }
    }
  }
  await Promise.all(connections.map(sendUntilDone))
  const seconds = (performance.now() - startedAt) / 1000
  for (const connection of connections) connection.close()
  return { operations: requests.count - others.count, seconds, latenciesMs, others }
}
