import { isId, type MerchantId } from '../domain/ids.ts'
import type { Cache } from './cache.ts'
import { earliestMs, openDatabaseClock } from './database-clock.ts'

/** Who a key stands for. */
export type AuthenticatedCaller = { merchantId: MerchantId; livemode: boolean; apiKeyId: string }
/** What the database says of a key, and its time while it said so. */
export type CallerReading = { caller: AuthenticatedCaller; databaseMs: number }

export type CacheLayer = { name: string; cache: Cache }
export type CacheResult =
  | 'hit'
  | 'miss'
  | 'stale'
  | 'refused'
  | 'away'
  | 'skipped'
  | 'kept'
  | 'not_kept'

export type RecentCallers = {
  /** The remembered caller of this key, else the one `readDatabase` finds. */
  find(
    keyDigest: Buffer,
    readDatabase: () => Promise<CallerReading | undefined>,
  ): Promise<AuthenticatedCaller | undefined>
}

/** A revoked key stops working within this time. */
const RECENT_MS_MAX = 10_000

type Entry = AuthenticatedCaller & { deadlineMs: number }

/**
 * Remembers who called: nearest layer first, then the next, then the database. An entry carries its deadline, 10 s
 * after the read of the database that it comes from, in the time of the database's clock; so it dies at the same
 * moment in every layer and every process, whatever a layer does with its own times. Every doubt is settled by
 * asking the database. Only keys that exist are kept, so that nobody can fill the layers with guesses.
 *
 * @param options.layers whose entries are believed: one that others can write to has to be sealed
 * @param options.nowMs a monotonic clock
 */
export function openRecentCallers(options: {
  layers: readonly CacheLayer[]
  nowMs: () => number
  onResult?: (layer: string, result: CacheResult) => void
}): RecentCallers {
  const { layers, nowMs, onResult = () => {} } = options
  const clock = openDatabaseClock(nowMs)

  /** Never rejects, as no cache does; nobody waits for it. */
  const keep = async (layer: CacheLayer, name: string, entry: Entry): Promise<void> => {
    const now = clock.latestMs()
    if (now === undefined || now >= entry.deadlineMs) return
    const value = Buffer.from(JSON.stringify(entry))
    const kept = await layer.cache.set(name, value, entry.deadlineMs - now)
    onResult(layer.name, kept ? 'kept' : 'not_kept')
  }

  const look = async (layer: CacheLayer, name: string): Promise<Entry | undefined> => {
    const answer = await layer.cache.get(name)
    const read = answer.outcome === 'hit' ? judge(answer.value, clock.latestMs()) : answer.outcome
    onResult(layer.name, typeof read === 'string' ? read : 'hit')
    return typeof read === 'string' ? undefined : read
  }

  return {
    find: async (keyDigest, readDatabase) => {
      const name = keyDigest.toString('base64url')
      // Without the time nobody can say how old an entry is; the read below brings it.
      const known = clock.latestMs() === undefined ? [] : layers
      for (const [index, layer] of known.entries()) {
        const found = await look(layer, name)
        if (found === undefined) continue
        for (const nearer of layers.slice(0, index)) void keep(nearer, name, found)
        return callerOf(found)
      }
      const sentAtMs = nowMs()
      const read = await readDatabase()
      if (read === undefined) return undefined
      const reading = { databaseMs: read.databaseMs, sentAtMs, answeredAtMs: nowMs() }
      clock.note(reading)
      const entry = { ...read.caller, deadlineMs: earliestMs(reading) + RECENT_MS_MAX }
      for (const layer of layers) void keep(layer, name, entry)
      return read.caller
    },
  }
}

function callerOf({ merchantId, livemode, apiKeyId }: Entry): AuthenticatedCaller {
  return { merchantId, livemode, apiKeyId }
}

/** The entry, or why it counts for nothing. */
function judge(value: Buffer, latestMs: number | undefined): Entry | 'stale' | 'refused' {
  const entry = parse(value)
  if (entry === undefined) return 'refused'
  // A deadline too far ahead was written before the database's clock was set back.
  if (latestMs === undefined || latestMs >= entry.deadlineMs) return 'stale'
  return entry.deadlineMs - latestMs > RECENT_MS_MAX ? 'stale' : entry
}

function parse(value: Buffer): Entry | undefined {
  let read: Partial<Record<keyof Entry, unknown>> | null
  try {
    read = JSON.parse(value.toString('utf8'))
  } catch {
    return undefined
  }
  if (typeof read !== 'object' || read === null) return undefined
  const { merchantId, livemode, apiKeyId, deadlineMs } = read
  if (typeof merchantId !== 'string' || !isId('merchant', merchantId)) return undefined
  if (typeof apiKeyId !== 'string' || !isId('apiKey', apiKeyId)) return undefined
  if (typeof livemode !== 'boolean' || typeof deadlineMs !== 'number') return undefined
  return { merchantId, livemode, apiKeyId, deadlineMs }
}
