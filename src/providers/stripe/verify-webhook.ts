import { createHmac, timingSafeEqual } from 'node:crypto'
import type {
  VerificationFailureCode,
  VerificationResult,
  WebhookVerification,
} from '../webhook-verification.ts'
import { explainMismatch } from './explain-mismatch.ts'
import { readSignatureHeader } from './signature-header.ts'

export const SIGNATURE_TOLERANCE_SECONDS = 300

export type VerificationRequest = {
  /** the Stripe-Signature header */
  header: string | undefined
  /** whole `whsec_...` strings; any of them may have signed */
  secrets: readonly string[]
  nowSeconds: number
  toleranceSeconds?: number
}

/**
 * Verifies a body while it streams: every secret's HMAC-SHA256 runs along, so a large body is never hashed in
 * one go. The official SDK accepts timestamps of the future; we refuse them beyond the same tolerance.
 */
export function startVerification(request: VerificationRequest): WebhookVerification {
  const header = readSignatureHeader(request.header)
  if (header.outcome === 'incomplete') {
    const failed = failure('signature_missing', header.likelyCause)
    const explain = () => header.likelyCause
    return { failed, update: () => undefined, finish: () => failed, explain }
  }
  const { timestamp, signatures } = header
  const macs = request.secrets.map((secret) => createHmac('sha256', secret).update(`${timestamp}.`))
  return {
    failed: undefined,
    update: (chunk) => {
      for (const mac of macs) mac.update(chunk)
    },
    finish: () => {
      const secretIndex = matchingIndex(
        macs.map((mac) => mac.digest()),
        signatures,
      )
      if (secretIndex === -1) return { ok: false, code: 'signature_mismatch' }
      return checkTimestamp(Number(timestamp), secretIndex, request)
    },
    explain: (body) => explainMismatch({ timestamp, signatures, secrets: request.secrets }, body),
  }
}

/** Compares every pair in constant time, so that neither content nor position shows in the duration. */
function matchingIndex(digests: Buffer[], signatures: Buffer[]): number {
  let found = -1
  for (const [index, digest] of digests.entries()) {
    for (const signature of signatures) {
      if (timingSafeEqual(digest, signature) && found === -1) found = index
    }
  }
  return found
}

function checkTimestamp(
  timestamp: number,
  secretIndex: number,
  { nowSeconds, toleranceSeconds = SIGNATURE_TOLERANCE_SECONDS }: VerificationRequest,
): VerificationResult {
  const ageSeconds = Math.round(nowSeconds - timestamp)
  if (Math.abs(ageSeconds) <= toleranceSeconds) return { ok: true, timestamp, secretIndex }
  const serverTime = new Date(nowSeconds * 1000).toISOString()
  return failure(
    'timestamp_outside_tolerance',
    ageSeconds > 0
      ? `The signature is ${ageSeconds} s old: this server's clock (${serverTime}) is ahead, or an old delivery was sent again.`
      : `The signature is ${-ageSeconds} s in the future: this server's clock (${serverTime}) is behind.`,
  )
}

function failure(
  code: VerificationFailureCode,
  likelyCause: string,
): Extract<VerificationResult, { ok: false }> {
  return { ok: false, code, likelyCause }
}
