const DIGIT_0 = 48
const DIGIT_9 = 57
const PLUS = 43
/** A date and nothing else (`2026-12-01`) has 8; the shortest telephone number written without a plus has 10. */
const DIGITS_MIN = 10
const GAP_MAX = 3
/** What may stand between the digits of one number: `(`, `)`, `+`, `-`, `.`, `/`, `%`, `_`, space, no-break space. */
const gap = new Set([...'()+-./%_ \u00a0'].map((character) => character.charCodeAt(0)))
const isGap = Uint8Array.from({ length: 256 }, (_, code) => (gap.has(code) ? 1 : 0))

/**
 * True when a line may hold a card or telephone number: ten digits with short gaps, or a plus before a digit.
 * One pass without a regular expression, because nearly every log line ends here.
 */
export function hasLongNumber(line: string): boolean {
  let digits = 0
  let gapLength = 0
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at)
    if (code >= DIGIT_0 && code <= DIGIT_9) {
      if (gapLength > 0 && line.charCodeAt(at - 1) === PLUS) return true
      gapLength = 0
      if (++digits >= DIGITS_MIN) return true
    } else if (isGap[code] === 1) {
      if (++gapLength > GAP_MAX) digits = 0
    } else {
      digits = 0
      gapLength = 0
    }
  }
  return line.includes('%2B') || line.includes('%2b')
}
