export type VerificationFailureCode =
  | 'signature_missing'
  | 'signature_mismatch'
  | 'timestamp_outside_tolerance'

export type VerificationResult =
  /** `timestamp` is the sender's clock, seconds; `secretIndex` says which of the secrets signed */
  | { ok: true; timestamp: number; secretIndex: number }
  /** without a cause, `explain` may find one */
  | { ok: false; code: VerificationFailureCode; likelyCause?: string }

/** A signature check that runs along while the body arrives. */
export type WebhookVerification = {
  /** set when the headers alone decide: the body need not be read */
  readonly failed: Extract<VerificationResult, { ok: false }> | undefined
  update(chunk: Uint8Array): void
  finish(): VerificationResult
  /** The likely cause of a signature that did not match, found out from the whole body when it is given. */
  explain(body: Buffer | undefined): string
}
