/** Somebody else has claimed the attempt meanwhile; what we were about to write is theirs to write. */
export class LostClaimError extends Error {
  override readonly name = 'LostClaimError'

  constructor(attemptId: string) {
    super(`the claim on ${attemptId} was lost`)
  }
}
