export type SignatureHeader =
  | { outcome: 'complete'; timestamp: string; signatures: Buffer[] }
  | { outcome: 'incomplete'; likelyCause: string }

/** Stripe sends one signature per active secret, and at most two secrets are active; more is not Stripe. */
const SIGNATURE_COUNT_MAX = 16
const TIMESTAMP_SHAPE = /^\d{1,12}$/
const SHA256_HEX_SHAPE = /^[0-9a-f]{64}$/i

/**
 * Reads `t=<unix>,v1=<hex>[,v1=<hex>]` in any order. Only v1 counts: v0 is a test scheme anyone can
 * downgrade to. The timestamp stays text, because its very characters are signed.
 */
export function readSignatureHeader(header: string | undefined): SignatureHeader {
  if (header === undefined || header.trim() === '') {
    return incomplete(
      'The request has no Stripe-Signature header: a proxy may have dropped it, or it is not from Stripe.',
    )
  }
  let timestamp: string | undefined
  let otherSchemes = false
  const signatures: Buffer[] = []
  for (const element of header.split(',')) {
    const equals = element.indexOf('=')
    const scheme = element.slice(0, equals).trim()
    const value = element.slice(equals + 1).trim()
    if (scheme === 't') timestamp = value
    else if (scheme !== 'v1') otherSchemes = true
    else if (SHA256_HEX_SHAPE.test(value) && signatures.length < SIGNATURE_COUNT_MAX) {
      signatures.push(Buffer.from(value, 'hex'))
    }
  }
  if (timestamp === undefined || !TIMESTAMP_SHAPE.test(timestamp)) {
    return incomplete('The Stripe-Signature header has no timestamp t=<seconds>.')
  }
  if (signatures.length > 0) return { outcome: 'complete', timestamp, signatures }
  return incomplete(
    otherSchemes
      ? 'The Stripe-Signature header has no v1 signature, only other schemes, which never count.'
      : 'The Stripe-Signature header has no v1 signature of 64 hexadecimal digits.',
  )
}

function incomplete(likelyCause: string): SignatureHeader {
  return { outcome: 'incomplete', likelyCause }
}
