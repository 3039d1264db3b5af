import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { PaymentRequests } from '../payments/payment-requests.ts'
import { closeOnInterrupt } from '../support/interrupts.ts'
import type { SignedRequests } from '../webhook/signed-requests.ts'
import type { LoadOrder } from './load-process.ts'
import type { LoadResult } from './send-load.ts'

export type Load = AsyncDisposable & {
  pid: number
  prepare: (options: SignedRequests) => Promise<void>
  /** @throws Error on any answer but 200 */
  send: (port: number, perSecond?: number) => Promise<LoadResult>
  preparePayments: (options: PaymentRequests) => Promise<void>
  /** answers other than 201 are counted */
  sendPayments: (port: number) => Promise<LoadResult>
  /** makes the requests as it sends them; @throws Error on any answer but 200 */
  offer: (port: number, perSecond: number, options: SignedRequests) => Promise<LoadResult>
}

export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), { serialization: 'advanced' })
  if (child.pid === undefined) throw new Error('the load process did not start')
  const askToSend = async (order: LoadOrder) => {
    const { result } = await ask(child, order)
    if (result === undefined) throw new Error('the load process gave no result')
    return result
  }
  const close = closeOnInterrupt(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  })
  return {
    pid: child.pid,
    prepare: async (options) => {
      await ask(child, { order: 'prepare', ...options })
    },
    send: async (port, perSecond) =>
      onlyExpected(
        await askToSend({ order: 'send', port, ...(perSecond !== undefined && { perSecond }) }),
      ),
    preparePayments: async (options) => {
      await ask(child, { order: 'prepare payments', ...options })
    },
    sendPayments: (port) => askToSend({ order: 'send', port }),
    offer: async (port, perSecond, options) =>
      onlyExpected(await askToSend({ order: 'offer', port, perSecond, ...options })),
    [Symbol.asyncDispose]: close,
  }
}

function onlyExpected(result: LoadResult): LoadResult {
  if (result.others.count === 0) return result
  throw new Error(`${result.others.count} requests were answered otherwise: ${result.others.first}`)
}

async function ask(child: ChildProcess, order: LoadOrder): Promise<{ result?: LoadResult }> {
  const patience = new AbortController()
  const { signal } = patience
  try {
    const answer = once(child, 'message', { signal })
    const end = once(child, 'exit', { signal }).then(() => {
      throw new Error('the load process ended')
    })
    child.send(order)
    const [message] = await Promise.race([answer, end])
    return message
  } finally {
    patience.abort()
  }
}
