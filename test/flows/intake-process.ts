import { fork } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createTestDatabase } from '../support/database.ts'
import type { IntakeOptions } from './intake-fixture.ts'
import type { LoopState } from './loop-meter.ts'

export type ProcessState = LoopState & { bytesInFlight: number; residentBytes: number }

const SERVER_FILE = fileURLToPath(new URL('./intake-server-process.ts', import.meta.url))

/** An intake server in another process, with what it measures of itself. */
export async function forkIntake(options: IntakeOptions = {}) {
  const database = await createTestDatabase()
  const child = fork(SERVER_FILE, [database.url, JSON.stringify(options)])
  const [ready] = await once(child, 'message')
  const port: number = ready.port
  const ask = async (question: 'reset' | 'report'): Promise<ProcessState> => {
    const answer = once(child, 'message')
    child.send(question)
    const [state] = await answer
    return state
  }
  return {
    port,
    ask,
    [Symbol.asyncDispose]: async () => {
      const exit = once(child, 'exit')
      child.disconnect()
      await exit
      await database[Symbol.asyncDispose]()
    },
  }
}

export type RawAnswer = { status: number; text: string; retryAfter: string | undefined }

/** One delivery on a connection of its own; `reset` when the server cut it before an answer. */
export function deliverRaw(
  port: number,
  body: Buffer,
  headers: Record<string, string>,
): Promise<RawAnswer | 'reset'> {
  const { promise, resolve } = Promise.withResolvers<RawAnswer | 'reset'>()
  const call = request(
    { port, host: '127.0.0.1', path: '/webhooks/stripe', method: 'POST', agent: false, headers },
    async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString()
      const status = response.statusCode ?? 0
      resolve({ status, text, retryAfter: response.headers['retry-after'] })
    },
  )
  call.on('error', () => resolve('reset'))
  call.end(body)
  return promise
}
