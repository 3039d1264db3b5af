import { DomainError } from '../domain/errors.ts'
import type { ByteBudget } from './byte-budget.ts'

export const BODY_BYTES_MAX = 10 * 1024 * 1024
/** What a waiting request costs beside its body: headers, promises, its row. */
const REQUEST_BYTES = 4096
const RETRY_AFTER_SECONDS = 5

export type BodySource = {
  body: AsyncIterable<Buffer>
  contentLength: number | undefined
  onChunk: (chunk: Buffer) => void
}

/** A body that is here whole, still in the pieces it came in: joining costs, and a bad signature needs none. */
export type ReadBody = { byteCount: number; join: () => Promise<Buffer> }

/**
 * Reads a body, each byte counted against the budget as it arrives: a length that is only announced takes no
 * room. `use` runs while the bytes are held; they are given back however it ends.
 */
export async function withBody<T>(
  source: BodySource,
  budget: ByteBudget,
  use: (body: ReadBody) => Promise<T>,
): Promise<T> {
  if ((source.contentLength ?? 0) > BODY_BYTES_MAX) throw tooLarge()
  let held = 0
  const hold = (bytes: number) => {
    if (!budget.take(bytes)) {
      throw new DomainError('intake_full', { retryAfterSeconds: RETRY_AFTER_SECONDS })
    }
    held += bytes
  }
  try {
    hold(REQUEST_BYTES)
    return await use(await readAll(source, budget, hold))
  } finally {
    budget.give(held)
  }
}

async function readAll(
  source: BodySource,
  budget: ByteBudget,
  hold: (bytes: number) => void,
): Promise<ReadBody> {
  const chunks: Buffer[] = []
  let byteCount = 0
  try {
    for await (const chunk of source.body) {
      byteCount += chunk.length
      if (byteCount > BODY_BYTES_MAX) throw tooLarge()
      // Before it is counted, for refusing is work as well, and when there is no room there are many to refuse.
      const turn = budget.pass(chunk.length, chunks.length === 0 ? 'new' : 'begun')
      if (turn !== undefined) await turn
      hold(chunk.length)
      source.onChunk(chunk)
      chunks.push(chunk)
    }
  } catch (cause) {
    if (cause instanceof DomainError) throw cause
    throw new DomainError('body_unreadable', { cause, internal: `after ${byteCount} bytes` })
  }
  return { byteCount, join: () => join(chunks, byteCount, budget) }
}

async function join(chunks: Buffer[], byteCount: number, budget: ByteBudget): Promise<Buffer> {
  const [only] = chunks
  if (chunks.length === 1 && only !== undefined) return only
  const turn = budget.pass(byteCount, 'begun')
  if (turn !== undefined) await turn
  return Buffer.concat(chunks, byteCount)
}

function tooLarge(): DomainError {
  return new DomainError('body_too_large', {
    public: `A webhook body is at most ${BODY_BYTES_MAX} bytes.`,
  })
}
