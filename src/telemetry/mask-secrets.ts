import { replaceText, textPattern } from './json-line.ts'

const MASK = '[secret]'

/** Tokens that carry their kind in front; the kind is kept, because it tells which secret leaked where. */
const possibleToken = /whsec_|[srp]k_(?:live|test)_|payonce_(?:live|test)_|_secret_|eyJ/
const token =
  /(whsec_|(?:sk|rk|pk)_(?:live|test)_|payonce_(?:live|test)_|_secret_|eyJ(?=[\w-]+\.))[\w+/=.-]+/g

/** Signatures: Stripe's `v1=<hex>`, Standard Webhooks' `v1,<base64>`. Whoever has one can replay its request. */
const signature = /(v[01]=)[\da-f]{32,}|(v1a?,)[\w+/-]{40,}={0,2}/g

/** What follows the word of an HTTP authentication scheme. */
const credentials = textPattern(String.raw`(?:bearer|basic)(?:[ :]|%20)+[\w.~+/=-]{6,}`, 'i')

/** `//user:password@host`; a password may itself hold an @, so the last one before the path ends it. */
const urlPassword = /(:\/\/[^\s:/@"\\]*:)(?:[^\s"\\/]|\\\\)+(?=@)/g

/** API keys, webhook secrets, tokens, signatures and passwords in addresses become `[secret]`. */
export function maskSecrets(line: string): string {
  let masked = line
  if (/earer|asic/i.test(masked)) {
    masked = replaceText(masked, credentials, (found) => found.replace(/[\w.~+/=-]+$/, MASK))
  }
  if (masked.includes('://')) masked = masked.replace(urlPassword, `$1${MASK}`)
  if (possibleToken.test(masked)) masked = masked.replace(token, `$1${MASK}`)
  if (masked.includes('v1')) masked = masked.replace(signature, `$1$2${MASK}`)
  return masked
}
