/**
 * Values that must never be told, in the many ways they are written, and a detector that knows nothing of the masks:
 * it reads a text as a thief would.
 */
import fc from 'fast-check'

export type Canary = { kind: 'card' | 'email' | 'phone' | 'secret'; text: string }

// Put together here, so that no scanner takes this file for a leak.
const body = 'a1B2c3D4'.repeat(4)
const cards = ['4242424242424242', '5555555555554444', '378282246310005', '6011111111111117']
const emails = ['canary.ann+1@example.com', 'canary_bob@mail.example.co.uk']
const phones = ['+14155552671', '+1 415 555 2671', '(415) 555-2671', '+442079460958']
/** Secrets that say what they are wherever they stand. */
const secrets = [
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_', 'payonce_live_'].map(
    (kind) => `${kind}${body}`,
  ),
  `A21AA${body}${body}`,
  `pi_3Nabc_secret_${body}`,
  `eyJhbGciOiJIUzI1NiJ9.${body}.${body}`,
]
/** What a thief looks for: the part that is worth something. */
const worthOf = (text: string) => (text.includes(body) ? body : text)

const spaced = (separator: string) => (digits: string) =>
  digits.replace(/\d{4}(?=\d)/g, `$&${separator}`)
const inScript = (zero: number) => (digits: string) =>
  digits.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)))
const FULL_WIDTH_ZERO = 0xff10
const ARABIC_ZERO = 0x660
const MATHEMATICAL_ZERO = 0x1d7d8
const percentEncoded = (text: string) =>
  text.replace(/./g, (one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** A card number as people and programs write it. */
export const cardForms: ((digits: string) => string)[] = [
  (digits) => digits,
  ...[' ', '-', '\u00a0', '\u2011', '\u2009', '%20', '+'].map(spaced),
  inScript(FULL_WIDTH_ZERO),
  inScript(ARABIC_ZERO),
  inScript(MATHEMATICAL_ZERO),
  (digits) => inScript(FULL_WIDTH_ZERO)(spaced(' ')(digits)),
  percentEncoded,
]

/** Secrets told only by what stands before them. */
const namedSecrets = [
  ...['password', 'client_secret', 'clientSecret', 'access_token', 'api_key'].map(
    (name) => `${name}=${body}`,
  ),
  `{"client_secret":"${body}"}`,
  `{'password': '${body}'}`,
  `postgresql://payonce:${body}@db.example.com:5432/payonce`,
  `redis://:${body}@cache:6379`,
  `Authorization: Bearer ${body}`,
  `authorization: Basic ${body}`,
  `Cookie: theme=dark; session=${body}`,
  JSON.stringify({ headers: { cookie: `session=${body}; a=b`, authorization: `Token ${body}` } }),
  `-----BEGIN PRIVATE KEY----- ${body} -----END PRIVATE KEY-----`,
]

const of = (kind: Canary['kind'], texts: fc.Arbitrary<string>) =>
  texts.map((text): Canary => ({ kind, text }))

/** Any canary in any form. */
export const anyCanary: fc.Arbitrary<Canary> = fc.oneof(
  of(
    'card',
    fc
      .tuple(fc.constantFrom(...cards), fc.constantFrom(...cardForms))
      .map(([digits, form]) => form(digits)),
  ),
  of('email', fc.constantFrom(...emails, ...emails.map(encodeURIComponent))),
  of('phone', fc.constantFrom(...phones, ...phones.map(encodeURIComponent))),
  of('secret', fc.constantFrom(...secrets, ...namedSecrets)),
)

/** What of all canaries can be read in a text; empty when nothing. */
export function findCanaries(text: string): string[] {
  const readable = [text, decode(text)].map((form) => form.normalize('NFKC'))
  const plainText = readable.join('\n')
  const digits = plainText
    // Every script's digits as ours; then whatever people put between them is gone.
    .replace(/[\u0660-\u0669]/g, (digit) => String((digit.codePointAt(0) ?? 0) - ARABIC_ZERO))
    .replace(/(?<=\d)(?:\\u[\da-f]{4}|%20|%2D|[^\p{L}\p{N}"{}[\],:]){1,3}(?=\d)/giu, '')
  const found = [
    ...cards.filter((card) => digits.includes(card)),
    ...phones.filter((phone) => digits.includes(phone.replace(/\D/g, '').slice(-10))),
    ...emails.filter((email) => plainText.includes(email.split('@')[0] ?? '')),
    ...[...secrets, ...namedSecrets].map(worthOf).filter((worth) => plainText.includes(worth)),
  ]
  return [...new Set(found)]
}

function decode(text: string): string {
  return text.replace(/%[\da-f]{2}/gi, (code) =>
    String.fromCharCode(Number.parseInt(code.slice(1), 16)),
  )
}
