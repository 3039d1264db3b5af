/**
 * Cache: the adapters behind the ports that ask for a cache; inside this process, and in a Redis that processes share.
 *
 * In: names and bytes. Out: the bytes, or one word saying why not.
 * Promise: nothing here rejects, waits longer than 50 ms, or is needed: a Redis that is away costs a request nothing.
 * Imports the ports it serves; the client's package is loaded by the first connection, so never without REDIS_URL.
 */
import type { Redis } from 'ioredis'

export type RedisAddress = {
  host: string
  port: number
  database: number
  isEncrypted: boolean
  username?: string
  password?: string
}

/** `refused`: Redis says that the entry is not of the kind asked for. `skipped`: not asked, because it is away. */
export type RedisAnswer<Value> =
  | { outcome: 'answered'; value: Value }
  | { outcome: 'refused' | 'away' | 'skipped' }

export type RedisConnection = {
  run<Value>(command: (client: Redis) => Promise<Value>): Promise<RedisAnswer<Value>>
  health(): { ok: boolean; detail: string }
  close(): Promise<void>
}

export const ANSWER_MS_MAX = 50
const CONNECT_MS_MAX = 1_000
/** Connecting with TLS, signing in and a first answer, together. */
const PROBE_MS_MAX = 2_000
/** This many failures one after another, of commands that did not overlap, and Redis is asked no more for a while. */
const FAILURE_COUNT_MAX = 3
/** More commands than this under way at once are not sent. */
const IN_FLIGHT_COUNT_MAX = 1_000
const PAUSE_MS_MIN = 250
const PAUSE_MS_MAX = 5_000

/**
 * Connects in the background, and again after every loss: a probe of its own finds out whether Redis is back, so that
 * no request pays for the question.
 *
 * @param onChange told once when Redis goes away (or is away at the start), and once when it is back
 */
export function openRedisConnection(options: {
  address: RedisAddress
  onChange: (change: { ok: boolean; detail: string }) => void
  nowMs?: () => number
  /** an answer that takes longer is not waited for */
  answerMsMax?: number
}): RedisConnection {
  const { address, onChange, nowMs = () => performance.now() } = options
  const { answerMsMax = ANSWER_MS_MAX } = options
  let current: Redis | undefined
  /** being tried by the probe under way */
  let candidate: Redis | undefined
  let detail = 'connecting'
  let told = true
  let closed = false
  let inFlightCount = 0
  let failureCount = 0
  let lastFailureAtMs = 0
  let pauseMs = PAUSE_MS_MIN
  let timer: NodeJS.Timeout | undefined
  let probing: Promise<void> = Promise.resolve()

  const tell = (ok: boolean, newDetail: string) => {
    detail = newDetail
    if (ok !== told) onChange({ ok, detail })
    told = ok
  }
  const probeLater = () => {
    if (closed) return
    // Processes that lost one Redis together do not come back to it together.
    const wait = pauseMs * (0.75 + Math.random() / 2)
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS_MAX)
    timer = setTimeout(startProbe, wait).unref()
  }
  const goAway = (client: Redis, reason: string) => {
    if (client !== current) return
    current = undefined
    // Whatever waits for an answer on this connection is given up with it.
    client.disconnect()
    if (closed) return
    tell(false, reason)
    probeLater()
  }
  const probe = async () => {
    const client = await createClient(address, answerMsMax)
    if (closed) return
    candidate = client
    let lastError: unknown
    client.on('error', (error) => {
      lastError = error
    })
    client.on('close', () => goAway(client, describe(lastError) ?? 'connection lost'))
    const cut = setTimeout(() => client.disconnect(), PROBE_MS_MAX)
    try {
      await client.connect()
      await client.ping()
      if (closed || client.status !== 'ready') throw lastError ?? new Error('connection lost')
      current = client
      failureCount = 0
      pauseMs = PAUSE_MS_MIN
      tell(true, 'answers')
    } catch (error) {
      client.disconnect()
      if (closed) return
      tell(false, describe(lastError) ?? describe(error) ?? 'no answer')
      probeLater()
    } finally {
      clearTimeout(cut)
      candidate = undefined
    }
  }
  const startProbe = () => {
    probing = probe()
  }
  const countFailure = (client: Redis, sentAtMs: number, reason: string) => {
    // One stall fails everything that was under way; that is one failure.
    if (sentAtMs < lastFailureAtMs) return
    lastFailureAtMs = nowMs()
    failureCount += 1
    if (failureCount >= FAILURE_COUNT_MAX) goAway(client, reason)
  }

  startProbe()
  return {
    run: async (command) => {
      const client = current
      if (client === undefined || inFlightCount >= IN_FLIGHT_COUNT_MAX) {
        return { outcome: 'skipped' }
      }
      const sentAtMs = nowMs()
      inFlightCount += 1
      try {
        const value = await command(client)
        failureCount = 0
        return { outcome: 'answered', value }
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('WRONGTYPE ')) {
          return { outcome: 'refused' }
        }
        countFailure(client, sentAtMs, describe(error) ?? 'no answer')
        return { outcome: 'away' }
      } finally {
        inFlightCount -= 1
      }
    },
    health: () => ({ ok: current !== undefined, detail }),
    close: async () => {
      closed = true
      clearTimeout(timer)
      current?.disconnect()
      candidate?.disconnect()
      current = undefined
      await probing
    },
  }
}

export async function createClient(address: RedisAddress, answerMsMax: number): Promise<Redis> {
  const { Redis: Client } = await import('ioredis')
  const { host, port, database, isEncrypted, username, password } = address
  return new Client({
    host,
    port,
    db: database,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(isEncrypted && { tls: {} }),
    protocol: 2,
    connectionName: 'payonce',
    disableClientInfo: true,
    lazyConnect: true,
    connectTimeout: CONNECT_MS_MAX,
    commandTimeout: answerMsMax,
    // What cannot be answered at once is not worth an answer later: no queue, no repeat, no reconnecting by itself.
    enableOfflineQueue: false,
    enableReadyCheck: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  })
}

/** The code of an error; never its text, which may repeat what was sent. */
export function describe(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  if (error.message === 'Command timed out') return 'no answer in time'
  return /^[A-Z]{3,20}(?= |$)/.exec(error.message)?.[0] ?? 'answer not understood'
}
