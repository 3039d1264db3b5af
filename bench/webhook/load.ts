import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { LoadOrder } from './load-process.ts'
import type { LoadResult } from './send-load.ts'
import type { SignedRequests } from './signed-requests.ts'

export type Load = AsyncDisposable & {
  pid: number
  prepare: (options: SignedRequests) => Promise<void>
  send: (port: number, perSecond?: number) => Promise<LoadResult>
}

export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, 'load-process.ts'), { serialization: 'advanced' })
  if (child.pid === undefined) throw new Error('the load process did not start')
  return {
    pid: child.pid,
    prepare: async (options) => {
      await ask(child, { order: 'prepare', ...options })
    },
    send: async (port, perSecond) => {
      const order = { order: 'send' as const, port, ...(perSecond !== undefined && { perSecond }) }
      const { result } = await ask(child, order)
      if (result === undefined) throw new Error('the load process gave no result')
      return result
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
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
