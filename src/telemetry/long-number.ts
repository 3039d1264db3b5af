const DIGIT_0 = 48
const DIGIT_9 = 57
const PLUS = 43
/** A date and nothing else (`2026-12-01`) has 8; the shortest telephone number written without a plus has 10. */
const DIGITS_MIN = 10
const GAP_MAX = 3
/** Shorter than a digest in hexadecimal; a longer one holds a card number only by chance. */
const HEX_TOKEN_MIN = 32
/** What may stand between the digits of one number: `(`, `)`, `+`, `-`, `.`, `/`, `%`, `_`, space, no-break space. */
const gaps = new Set([...'()+-./%_ \u00a0'].map((character) => character.charCodeAt(0)))
const OTHER = 0
const DIGIT = 1
const GAP = 2
const kinds = Uint8Array.from({ length: 256 }, (_, code) => {
  if (code >= DIGIT_0 && code <= DIGIT_9) return DIGIT
  return gaps.has(code) ? GAP : OTHER
})
const isHex = Uint8Array.from({ length: 256 }, (_, code) =>
  /[\da-f]/.test(String.fromCharCode(code)) ? 1 : 0,
)

/**
 * True when a text may hold a card or telephone number: ten digits with short gaps, or a plus before a digit.
 * One pass without a regular expression, because every log line passes here. Ids in hexadecimal are passed over:
 * one in three has ten digits in a row.
 */
export function hasLongNumber(text: string): boolean {
  let digits = 0
  let gapLength = 0
  for (let at = 0; at < text.length; at++) {
    const kind = kinds[text.charCodeAt(at)]
    if (kind === DIGIT) {
      if (gapLength > 0 && text.charCodeAt(at - 1) === PLUS) return true
      gapLength = 0
      if (++digits < DIGITS_MIN) continue
      const end = endOfDigest(text, at)
      if (end === undefined) return true
      at = end - 1
      digits = 0
    } else if (digits > 0 || gapLength > 0) {
      if (kind === OTHER || kind === undefined) {
        digits = 0
        gapLength = 0
      } else if (++gapLength > GAP_MAX) digits = 0
    } else if (kind === GAP) gapLength = 1
  }
  return text.includes('%2B') || text.includes('%2b')
}

/** Where the hexadecimal word around `at` ends, if it is one that is too long for a number and has letters. */
function endOfDigest(text: string, at: number): number | undefined {
  let start = at
  let end = at + 1
  while (start > 0 && isHex[text.charCodeAt(start - 1)] === 1) start--
  while (isHex[text.charCodeAt(end)] === 1) end++
  if (end - start < HEX_TOKEN_MIN) return undefined
  for (let index = start; index < end; index++) if (text.charCodeAt(index) > DIGIT_9) return end
  return undefined
}
