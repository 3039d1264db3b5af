import { type DeliveryAnswer, deliverSigned } from '../inbox/deliver-signed.ts'
import { type Finding, fail, messageOf, ok } from './finding.ts'
import { contentProbes, controlProbe, shownSize, sizeProbes } from './proxy-probes.ts'

const name = 'proxy'

export type ProxyWish = {
  /** where the provider delivers to */
  address: string
  secret: string
  /** whether the running instance verifies with this secret, as far as that is known */
  isSecretRight: boolean | undefined
  nowMs: () => number
}

/** Delivers through what stands between the provider and us, and tells what it does to the bytes. */
export async function checkProxy(wish: ProxyWish): Promise<Finding[]> {
  const control = await send(wish, controlProbe.text)
  if (!isIntact(control)) return [explainControl(wish, control)]
  const lost: string[] = []
  for (const probe of contentProbes) {
    const answer = await send(wish, probe.text)
    if (!isIntact(answer)) lost.push(probe.lost)
  }
  const findings = lost.length === 0 ? [] : [explainLost(wish.address, lost)]
  for (const { bytes, text } of sizeProbes) {
    const answer = await send(wish, text)
    if (isIntact(answer)) continue
    findings.push(explainSize(wish, bytes, answer))
    break
  }
  if (findings.length > 0) return findings
  const count = contentProbes.length + sizeProbes.length + 1
  const largest = shownSize(Math.max(...sizeProbes.map(({ bytes }) => bytes)))
  return [ok(name, `${count} bodies came through ${wish.address} byte for byte, up to ${largest}.`)]
}

type Sent = DeliveryAnswer | { unreachable: string }

async function send({ address, secret, nowMs }: ProxyWish, text: string): Promise<Sent> {
  try {
    const atSeconds = Math.floor(nowMs() / 1000)
    return await deliverSigned({ address, secret, body: Buffer.from(text), atSeconds })
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    return { unreachable: messageOf(cause) }
  }
}

/** Said of bytes whose signature was verified: they are no event, and were not meant to be. */
const verifiedCodes = new Set(['event_field_invalid', 'body_not_json', 'body_too_deep'])

function isIntact(answer: Sent): boolean {
  return 'code' in answer && answer.code !== undefined && verifiedCodes.has(answer.code)
}

function explainControl(wish: ProxyWish, answer: Sent): Finding {
  const { address, isSecretRight } = wish
  if ('unreachable' in answer) {
    const isCertificate = /certificate|self[- ]signed|CERT_/i.test(answer.unreachable)
    return fail(
      name,
      `${address} does not answer: ${answer.unreachable}`,
      isCertificate
        ? 'Serve a certificate that is valid for this name; the provider refuses it as well.'
        : 'Start the proxy, open its port, or correct --url.',
    )
  }
  const { status, code, detail, location } = answer
  if (status >= 300 && status < 400) {
    return fail(
      name,
      `${address} redirects to ${location ?? 'somewhere else'}, and a provider follows no redirect.`,
      'Give the provider the address at the end of the redirect, or let the proxy pass the request on.',
    )
  }
  if (code === 'signature_mismatch' && isSecretRight === false) {
    return fail(
      name,
      `${address} reaches an instance that verifies with another secret, so nothing can be said of the way.`,
      'Mend the webhook secret first, or give the right one: --secret.',
    )
  }
  if (code === 'signature_mismatch') {
    return fail(
      name,
      `${address} changes even a plain body on its way: ${detail ?? 'its signature does not match.'}`,
      'Let the proxy pass on the raw body; if it does, the instance behind it has another secret: give it with --secret.',
    )
  }
  return explainRefusal(wish, answer) ?? explainStranger(wish, answer)
}

const refusals: Record<string, { found: string; fix: string }> = {
  signature_missing: {
    found: 'drops or empties the Stripe-Signature header',
    fix: 'Let the proxy pass on every header of the request, Stripe-Signature first of all.',
  },
  content_encoding_unsupported: {
    found: 'compresses the body (Content-Encoding)',
    fix: 'Switch off the compression of requests in the proxy; that of answers does no harm.',
  },
  timestamp_outside_tolerance: {
    found: 'holds requests back for minutes, or the clocks of both machines differ',
    fix: 'Set both clocks by NTP, and let the proxy pass requests on at once.',
  },
  origin_not_allowed: {
    found: 'is not among WEBHOOK_ALLOWED_ORIGINS, or hides the address it speaks for',
    fix: 'Name the proxy in TRUSTED_PROXIES and let it set X-Forwarded-For; this machine may also simply not be allowed.',
  },
  unknown_webhook_endpoint: {
    found: 'leads to an address that belongs to no provider account',
    fix: 'Let the proxy pass on the path unchanged: /webhooks/stripe, or /webhooks/stripe/{pac_…}.',
  },
}

function explainRefusal({ address }: ProxyWish, { code }: DeliveryAnswer): Finding | undefined {
  const known = code === undefined ? undefined : refusals[code]
  return known && fail(name, `${address} ${known.found}.`, known.fix)
}

function explainStranger(
  { address }: ProxyWish,
  { status, code, server }: DeliveryAnswer,
): Finding {
  const who = code === undefined ? (server ?? 'somebody else') : 'Payonce'
  const what = code === undefined ? '' : ` ${code}`
  return fail(
    name,
    `${address} is answered HTTP ${status}${what} by ${who}.`,
    code === undefined
      ? 'Route this address to Payonce, with method, path and body unchanged.'
      : `npx payonce explain ${code} tells more.`,
  )
}

function explainLost(address: string, lost: string[]): Finding {
  const isAll = lost.length >= contentProbes.length - 1
  const isTextOnly = lost.length === 1 && lost[0] === 'letters beyond ASCII'
  const how = isAll
    ? 'reads the JSON and writes it anew (re-serializes it)'
    : isTextOnly
      ? 'writes the text in another encoding than UTF-8'
      : 'changes the body'
  return fail(
    name,
    `${address} ${how}; lost on the way: ${lost.join(', ')}.`,
    'Pass on the raw bytes: the signature is over them. In a framework, take the body before any JSON parser does.',
  )
}

function explainSize(wish: ProxyWish, bytes: number, answer: Sent): Finding {
  const size = shownSize(bytes)
  const { address } = wish
  if (!('unreachable' in answer) && answer.status !== 413) {
    const known = explainRefusal(wish, answer)
    if (known !== undefined) return { ...known, found: `${known.found} (a body of ${size})` }
  }
  const how = 'unreachable' in answer ? answer.unreachable : `HTTP ${answer.status}`
  return fail(
    name,
    `${address} lets no body of ${size} through (${how}).`,
    'Raise its limit to 10 MB, as Payonce has it (nginx: client_max_body_size 10m).',
  )
}
