import { hasLongNumber } from './long-number.ts'
import { maskCards } from './mask-cards.ts'
import { maskEmails, maskPhones } from './mask-contacts.ts'
import { maskFields } from './mask-fields.ts'
import { maskSecrets } from './mask-secrets.ts'

/**
 * Masks what no log may hold, in whatever field or message it stands: card numbers, security codes, e-mail
 * addresses, telephone numbers, API keys, webhook secrets, passwords and signatures. A line that is JSON stays
 * JSON. Each mask asks first, cheaply, whether the line may concern it, since every request logs a line.
 *
 * Secrets go first: a password in an address would otherwise pass for an e-mail address.
 */
export function maskText(line: string): string {
  const masked = maskEmails(maskFields(maskSecrets(line)))
  return hasLongNumber(masked) ? maskPhones(maskCards(masked)) : masked
}
