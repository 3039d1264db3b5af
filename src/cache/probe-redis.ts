import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { createClient, describe, type RedisAddress } from './redis-connection.ts'

export type RedisProbe = { ok: true; answerMs: number } | { ok: false; detail: string }

/** Slow is told as slow: the probe waits longer than a request would. */
const PROBE_MS_MAX = 2_000
const ROUND_COUNT = 5
const ENTRY_MS = 10_000

/** Signs in, and writes, reads and removes an entry as the cache does; the median round trip of these. */
export async function probeRedis(address: RedisAddress): Promise<RedisProbe> {
  const client = await createClient(address, PROBE_MS_MAX)
  let lastError: unknown
  client.on('error', (error) => {
    lastError = error
  })
  try {
    await client.connect()
    await client.ping()
    const key = `payonce:probe:${randomUUID()}`
    await client.set(key, '1', 'PX', ENTRY_MS)
    const timesMs: number[] = []
    for (let round = 0; round < ROUND_COUNT; round++) timesMs.push(await timeRead(client, key))
    await client.del(key)
    return { ok: true, answerMs: timesMs.toSorted((a, b) => a - b)[ROUND_COUNT >> 1] ?? 0 }
  } catch (error) {
    return { ok: false, detail: describe(lastError) ?? describe(error) ?? 'no answer' }
  } finally {
    client.disconnect()
  }
}

async function timeRead(client: Redis, key: string): Promise<number> {
  const startedAt = performance.now()
  await client.getrange(key, 0, 0)
  return performance.now() - startedAt
}
