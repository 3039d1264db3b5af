import { replaceText, textPattern, WORD_START } from './json-line.ts'

const email = textPattern(
  String.raw`[\p{L}\p{N}._%+'!$*^~-]{1,64}(?:@|%40)(?:[\p{L}\p{N}-]{1,63}\.)+(?:\p{L}{2,63}|xn--[a-z\d-]+)`,
  'iu',
)

/** E-mail addresses become `[email]`; `%40` is how an address in a query string looks. */
export function maskEmails(line: string): string {
  if (!line.includes('@') && !line.includes('%40')) return line
  return replaceText(line, email, () => '[email]')
}

const GAP = String.raw`(?:[ \u00a0.()-]|%20){0,2}`
const AFTER = String.raw`(?![\w:]|[.-]\d)`
const international = String.raw`(?<!\+)(?:\+|%2B)[1-9](?:${GAP}\d){7,14}(?!\d)`
const internationalByZeros = String.raw`(?<!\d[.-])00[1-9](?:[ .-]?\d){9,12}${AFTER}`
const northAmerican = String.raw`(?:1[-. ])?(?:\([2-9]\d\d\)[ -]?|[2-9]\d\d[-.])[2-9]\d\d[-. ]\d{4}${AFTER}`
const national = String.raw`(?<!\d[.-])0[1-9]\d{0,4}([ ./-])\d{2,7}(?:\1\d{2,4}){0,3}${AFTER}`
const phone = textPattern(
  `${WORD_START}(?:${international}|${internationalByZeros}|${northAmerican}|${national})`,
  'i',
)

const NATIONAL_DIGITS_MIN = 10

/**
 * Telephone numbers become `[phone]`: international ones, and national ones written in groups. Plain digits
 * could be an id or an amount and are masked only in a field named for a telephone (see `maskFields`).
 */
export function maskPhones(line: string): string {
  return replaceText(line, phone, (found) => (isDate(found) ? found : '[phone]'))
}

/** `01-02-2026` and the like have the shape of a national number but not its length. */
function isDate(found: string): boolean {
  if (!/^0[1-9]/.test(found)) return false
  return found.replace(/\D/g, '').length < NATIONAL_DIGITS_MIN
}
