import type { CacheLayer, CacheResult } from '../access/recent-callers.ts'
import { isId } from '../domain/ids.ts'
import type { RecentAnswer, RecentAnswers } from '../payments/recent-answers.ts'
import type { Scope } from '../store/list-page.ts'

/** Repeats come within seconds or minutes; later ones are read from the database. */
export const RECENT_ANSWER_MS_MAX = 3_600_000

type Entry = RecentAnswer & { untilMs: number }
const LINE_END = 0x0a
const FINGERPRINT = /^[0-9a-f]{64}$/

/**
 * Remembers final answers: nearest layer first, then the next. An entry carries the moment it ends, so that a layer
 * that keeps it for longer, or puts it back, changes nothing.
 *
 * @param options.layers whose entries are believed: one that others can reach has to be encrypted
 * @param options.wallMs the time of day. Only the erasure of old answers hangs on it, and that is weeks away from
 *   what is remembered here: clocks of processes may differ by days.
 */
export function openRecentAnswers(options: {
  layers: readonly CacheLayer[]
  wallMs: () => number
  onResult?: (layer: string, result: CacheResult) => void
}): RecentAnswers {
  const { layers, wallMs, onResult = () => {} } = options

  /** Never rejects, as no cache does; nobody waits for it. */
  const keep = async (layer: CacheLayer, name: string, entry: Entry): Promise<void> => {
    const kept = await layer.cache.set(name, encode(entry), entry.untilMs - wallMs())
    onResult(layer.name, kept ? 'kept' : 'not_kept')
  }

  const look = async (layer: CacheLayer, name: string): Promise<Entry | undefined> => {
    const answer = await layer.cache.get(name)
    const read = answer.outcome === 'hit' ? judge(answer.value, wallMs()) : answer.outcome
    onResult(layer.name, typeof read === 'string' ? read : 'hit')
    return typeof read === 'string' ? undefined : read
  }

  return {
    find: async (scope, key) => {
      const name = nameOf(scope, key)
      for (const [index, layer] of layers.entries()) {
        const found = await look(layer, name)
        if (found === undefined) continue
        for (const nearer of layers.slice(0, index)) void keep(nearer, name, found)
        const { untilMs, ...answer } = found
        return answer
      }
      return undefined
    },
    keep: (scope, key, answer) => {
      const entry = { ...answer, untilMs: wallMs() + RECENT_ANSWER_MS_MAX }
      for (const layer of layers) void keep(layer, nameOf(scope, key), entry)
    },
  }
}

/** The key comes last, and nothing before it holds a space. */
function nameOf({ merchantId, livemode }: Scope, key: string): string {
  return `${merchantId} ${livemode ? 'live' : 'test'} ${key}`
}

/** A line about the answer, then its bytes as they are. */
function encode({ fingerprint, status, contentType, body, paymentId, untilMs }: Entry): Buffer {
  const about = {
    untilMs,
    fingerprint: fingerprint.toString('hex'),
    status,
    contentType,
    paymentId,
  }
  return Buffer.concat([Buffer.from(JSON.stringify(about)), Buffer.of(LINE_END), body])
}

/** The entry, or why it counts for nothing. */
function judge(value: Buffer, wallMs: number): Entry | 'stale' | 'refused' {
  const entry = decode(value)
  if (entry === undefined) return 'refused'
  const leftMs = entry.untilMs - wallMs
  // An end too far ahead was written by a process whose clock was; it would be believed for too long.
  return leftMs > 0 && leftMs <= RECENT_ANSWER_MS_MAX ? entry : 'stale'
}

function decode(value: Buffer): Entry | undefined {
  const lineEnd = value.indexOf(LINE_END)
  if (lineEnd < 0) return undefined
  let read: Partial<Record<keyof Entry, unknown>> | null
  try {
    read = JSON.parse(value.toString('utf8', 0, lineEnd))
  } catch {
    return undefined
  }
  if (typeof read !== 'object' || read === null) return undefined
  const { untilMs, fingerprint, status, contentType, paymentId } = read
  if (typeof untilMs !== 'number' || typeof status !== 'number') return undefined
  if (typeof fingerprint !== 'string' || !FINGERPRINT.test(fingerprint)) return undefined
  if (typeof contentType !== 'string') return undefined
  if (typeof paymentId !== 'string' || !isId('payment', paymentId)) return undefined
  const body = value.subarray(lineEnd + 1)
  return {
    ...{ untilMs, status, contentType, body, paymentId },
    fingerprint: Buffer.from(fingerprint, 'hex'),
  }
}
