import type { Scope } from '../store/list-page.ts'

/** A final answer, and the request it answers. It never changes, so nobody ever has to be told that it did. */
export type RecentAnswer = {
  fingerprint: Buffer
  status: number
  contentType: string
  body: Buffer
  /** as answered, for its address; a merge keeps the payment that a request made */
  paymentId: string
}

/**
 * What payments asks of a cache of final answers: a repeat that is found here needs no read of the database. Any entry
 * may be gone at any time; then the database answers. Only what is committed may be kept.
 */
export type RecentAnswers = {
  /** Never rejects and never takes long. */
  find(scope: Scope, key: string): Promise<RecentAnswer | undefined>
  /** Never throws, and nobody waits for it. An answer too large for the cache is not kept. */
  keep(scope: Scope, key: string, answer: RecentAnswer): void
}

/** For whoever repeats nothing within an hour, or has to do without. */
export const noRecentAnswers: RecentAnswers = { find: async () => undefined, keep: () => {} }
