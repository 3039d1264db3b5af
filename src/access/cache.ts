/**
 * What access asks of a cache. Any entry may be gone at any time, and no answer is to be believed further than its
 * content proves: the database stays the only truth.
 */
export type Cache = {
  /** Never rejects and never takes long: a cache that cannot answer is `away`, one that is not even asked is `skipped`. */
  get(name: string): Promise<CacheAnswer>
  /**
   * Keeps the exact bytes for at most `ttlMs`. Never rejects.
   * @returns whether they were kept; when not, an older value may still be there
   */
  set(name: string, value: Buffer, ttlMs: number): Promise<boolean>
  /** Never rejects. @returns whether the entry is gone for certain */
  delete(name: string): Promise<boolean>
}

export type CacheAnswer =
  | { outcome: 'hit'; value: Buffer }
  /** `refused`: there is something, but not what we put there */
  | { outcome: 'miss' | 'away' | 'skipped' | 'refused' }

/** A larger value is not kept. */
export const CACHE_VALUE_BYTES_MAX = 64 * 1024
