import { replaceText, textPattern } from './json-line.ts'

const MASK = '[secret]'

/** Tokens that carry their kind in front; the kind is kept, because it tells which secret leaked where. */
const possibleToken = /whsec_|[srpe]k_|payonce_|_secret_|eyJ|A21AA|AKIA/
const token =
  /(whsec_|(?:sk|rk|pk|ek)_(?:org_)?(?:live|test)_|payonce_(?:live|test)_|_secret_|eyJ(?=[\w-]+\.)|(?<![A-Za-z0-9])(?:A21AA|AKIA)(?=[\w-]{12}))[\w+/=.-]+/g

/** Signatures: Stripe's `v1=<hex>`, Standard Webhooks' `v1,<base64>`. Whoever has one can replay its request. */
const signature = /(v[01]=)[\da-f]{32,}|(v1a?,)[\w+/-]{40,}={0,2}/g

/** What follows the word of an HTTP authentication scheme. */
const credentials = textPattern(String.raw`(?:bearer|basic)(?:[ :]|%20)+[\w.~+/=-]{6,}`, 'i')

/** `//user:password@host`; a password may itself hold an @, so the last one before the path ends it. */
const urlPassword = /(:\/\/[^\s:/@"\\]*:)(?:[^\s"\\/]|\\\\)+(?=@)/g
const encodedUrlPassword = /(%3A%2F%2F[^\s:/@"\\%]*%3A)[^\s"\\/]+?(?=%40)/gi

const privateKey = /(-----BEGIN [A-Z ]*PRIVATE KEY-----)[^"]*?(?=-----END|"|$)/g

/** API keys, webhook secrets, tokens, signatures, private keys and passwords in addresses become `[secret]`. */
export function maskSecrets(line: string): string {
  let masked = line
  if (/bearer|basic/i.test(masked)) {
    masked = replaceText(masked, credentials, (found) => found.replace(/[\w.~+/=-]+$/, MASK))
  }
  if (masked.includes('://')) masked = masked.replace(urlPassword, `$1${MASK}`)
  if (masked.includes('%')) masked = masked.replace(encodedUrlPassword, `$1${MASK}`)
  if (masked.includes('PRIVATE KEY')) masked = masked.replace(privateKey, `$1${MASK}`)
  if (possibleToken.test(masked)) masked = masked.replace(token, `$1${MASK}`)
  if (/v[01]/.test(masked)) masked = masked.replace(signature, `$1$2${MASK}`)
  return masked
}
