import { isBareValue, replaceText, textPattern } from './json-line.ts'

/** Stepped over whole, so that the digits of `%22` do not count as part of a number. */
const encoded = '%[\\da-fA-F]{2}'
const spaced = String.raw`\d(?:(?:[ \u00a0-]|%20)?\d){12,60}`
/** Dots, pluses and underscores also join addresses and versions, so they count only between groups of four. */
const joined = String.raw`\d{4}[._+]\d{4,6}[._+]\d{4,5}(?:[._+]\d{1,7})?`
const bareNumber = /(?<=[:,[])-?\d{13,19}(?=[,}\]])/g
const digitRun = textPattern(`${encoded}|${joined}|${spaced}`)

const DIGITS_MIN = 13
const DIGITS_MAX = 19
/** Shorter than a digest in hexadecimal; longer tokens are ids that hold a card number only by chance. */
const HEX_TOKEN_MIN = 32

/** Card numbers become `[card *4242]`: the last four digits are what support may see. */
export function maskCards(line: string): string {
  const withoutNumbers = line.replace(bareNumber, (found: string, at: number) => {
    if (!isCardNumber(found.replace('-', ''))) return found
    return isBareValue(line, at) ? `"${maskOf(found)}"` : maskOf(found)
  })
  return replaceText(withoutNumbers, digitRun, (run, at) =>
    run.startsWith('%') ? run : maskRun(withoutNumbers, run, at),
  )
}

/** Masks every stretch of whole groups in the run that is a card number: an expiry date may follow directly. */
function maskRun(line: string, run: string, at: number): string {
  const groups = [...run.matchAll(/(?<=^|%20|[^\d%])\d+/g)]
  let masked = ''
  let done = 0
  for (let first = 0; first < groups.length; first++) {
    const start = groups[first]?.index ?? 0
    if (start < done) continue
    const end = findCardEnd(run, groups.slice(first))
    if (end === undefined || isInsideDigest(line, at + start) || isBareValue(line, at)) continue
    masked += run.slice(done, start) + maskOf(run.slice(start, end))
    done = end
  }
  return masked + run.slice(done)
}

/** The end of the longest card number that starts with the first group, as an offset in the run. */
function findCardEnd(run: string, groups: RegExpExecArray[]): number | undefined {
  const [first] = groups
  if (first === undefined) return undefined
  let end: number | undefined
  let digits = ''
  for (const group of groups) {
    digits += group[0]
    if (digits.length > DIGITS_MAX) break
    if (isCardNumber(digits)) end = group.index + group[0].length
  }
  return end ?? findGluedCard(run, first)
}

/** A card number with its expiry or security code glued on, as a magnetic stripe has it. */
function findGluedCard(run: string, group: RegExpExecArray): number | undefined {
  if (group[0].length <= DIGITS_MAX) return undefined
  for (let length = DIGITS_MAX; length >= DIGITS_MIN; length--) {
    const end = group.index + length
    if (isCardNumber(run.slice(group.index, end))) return end
  }
  return undefined
}

/**
 * 13 to 19 digits with a valid Luhn sum. No network issues numbers that begin with 0 or 1, which spares
 * timestamps in milliseconds and nanoseconds; 13 digits are only left to the networks that had them.
 */
function isCardNumber(digits: string): boolean {
  const { length } = digits
  if (length < DIGITS_MIN || length > DIGITS_MAX) return false
  if (!(length === DIGITS_MIN ? /^[456]/ : /^[2-9]/).test(digits)) return false
  let sum = 0
  for (let index = 0; index < length; index++) {
    const digit = digits.charCodeAt(length - 1 - index) - 48
    const doubled = index % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** True within an identifier in hexadecimal: a digest, a trace id, a UUID. */
function isInsideDigest(line: string, at: number): boolean {
  let start = at
  let end = at
  while (start > 0 && /[\da-f-]/i.test(line[start - 1] ?? '')) start--
  while (/[\da-f-]/i.test(line[end] ?? '')) end++
  return end - start >= HEX_TOKEN_MIN && /[a-f]/i.test(line.slice(start, end))
}

function maskOf(found: string): string {
  return `[card *${found.replace(/\D/g, '').slice(-4)}]`
}
