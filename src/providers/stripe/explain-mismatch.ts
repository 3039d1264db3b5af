import { createHmac, timingSafeEqual } from 'node:crypto'
import { objectOf } from './stripe-object.ts'

type Signed = { timestamp: string; signatures: Buffer[]; secrets: readonly string[] }

/** Above these the explanation would cost more than the request deserves. */
const BODY_BYTES_MAX = 65_536
const NESTING_MAX = 32

/** The likely cause of a signature that does not match; names no secret and no digest. */
export function explainMismatch(signed: Signed, body: Buffer | undefined): string {
  if (signed.secrets.length === 0) return 'This endpoint has no signing secret configured.'
  if (body === undefined || body.length > BODY_BYTES_MAX) {
    return 'The secret is of another endpoint or mode, or the body was changed on the way.'
  }
  const text = body.toString('utf8')
  const parsed = parse(text)
  if (parsed === undefined) {
    return signs(signed, text.trim()) || signs(signed, `${text}\n`)
      ? 'The body was changed on the way: white space was added or removed at its ends.'
      : 'The body was changed on the way: it is not even JSON.'
  }
  if (originalsOf(text, parsed).some((original) => signs(signed, original))) {
    return 'A proxy or framework re-serialised the body: pass on the raw bytes, not parsed JSON.'
  }
  return explainSecret(objectOf(parsed)?.livemode)
}

/** What Stripe may have signed, if what arrived was parsed and written out again in another layout. */
function originalsOf(text: string, parsed: unknown): string[] {
  const compact = JSON.stringify(parsed)
  const pretty = JSON.stringify(parsed, null, 2)
  return [compact, pretty, `${pretty}\n`, text.trim(), `${text}\n`]
}

function explainSecret(livemode: unknown): string {
  const cause = 'The secret is of another endpoint or mode'
  if (typeof livemode !== 'boolean') return `${cause}, or the body was changed on the way.`
  const mode = livemode ? 'live' : 'test'
  return `${cause}: the event says livemode ${livemode}, so compare with this endpoint's secret in ${mode} mode.`
}

function signs({ timestamp, signatures, secrets }: Signed, body: string): boolean {
  return secrets.some((secret) => {
    const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest()
    return signatures.some((signature) => timingSafeEqual(digest, signature))
  })
}

/** Undefined: not JSON, or nested so deeply that writing it out indented could grow without bound. */
function parse(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text)
    return isNestedWithin(parsed, NESTING_MAX) ? parsed : undefined
  } catch {
    // Not JSON is an answer here: the caller says so to the sender.
    return undefined
  }
}

function isNestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((member) => isNestedWithin(member, levels - 1))
}
