import { hasLongNumber } from './long-number.ts'
import { maskCards } from './mask-cards.ts'
import { maskEmails, maskPhones } from './mask-contacts.ts'
import { maskEncoded } from './mask-encoded.ts'
import { maskFields } from './mask-fields.ts'
import { maskKnown } from './mask-known.ts'
import { maskSecrets } from './mask-secrets.ts'
import { plainDigits } from './plain-digits.ts'

/** Any word that one of the masks acts on. */
const tellingWord =
  /cv[cv]|phone|mobile|msisdn|pass(?:word|wd|phrase)|secret|token|security|key|cookie|authorization|bearer|basic|whsec_|[srpe]k_|payonce_|eyJ|A21AA|AKIA|v[01][=,]|v1a,/i

/**
 * Masks what no log may hold, in whatever field or message it stands: card numbers, security codes, e-mail
 * addresses, telephone numbers, API keys, webhook secrets, passwords, cookies and signatures. A line that is JSON
 * stays JSON.
 */
export function maskText(text: string): string {
  const plain = plainDigits(text)
  // Most of a log holds none of this; so lines are looked at together first, and one by one only when one of them may.
  if (!isTelling(plain) && !hasLongNumber(plain)) return plain
  return plain.includes('\n') ? plain.split('\n').map(maskLine).join('\n') : maskLine(plain)
}

/** Like `maskText`, and hides the values of the given secrets wherever and however they are written. */
export function createMask(secrets: readonly string[]): (text: string) => string {
  const hideKnown = maskKnown(secrets)
  return (text) => maskText(hideKnown(text))
}

function maskLine(line: string): string {
  return maskWords(maskEncoded(line, (decoded) => maskWords(plainDigits(decoded))))
}

/** Secrets go first: a password in an address would otherwise pass for an e-mail address. */
function maskWords(line: string): string {
  const masked = isTelling(line) ? maskEmails(maskFields(maskSecrets(line))) : line
  return hasLongNumber(masked) ? maskPhones(maskCards(masked)) : masked
}

function isTelling(text: string): boolean {
  return text.includes('@') || text.includes('%') || text.includes('://') || tellingWord.test(text)
}
