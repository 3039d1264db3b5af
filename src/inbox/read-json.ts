import { DomainError } from '../domain/errors.ts'

export const NESTING_MAX = 128

const decoder = new TextDecoder('utf-8', { fatal: true })
const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Parses a body. Strict about its form: bad UTF-8 is refused rather than replaced, because the bytes are what was
 * signed, and nesting is bounded before the parser sees it. Millions of brackets would otherwise block for seconds.
 */
export function readJson(body: Uint8Array): unknown {
  try {
    const text = decoder.decode(body)
    if (isTooDeep(text)) throw new DomainError('body_too_deep')
    return JSON.parse(text)
  } catch (cause) {
    if (cause instanceof DomainError) throw cause
    throw new DomainError('body_not_json', { cause, internal: describe(cause) })
  }
}

function isTooDeep(text: string): boolean {
  // Nearly every event has fewer openings than levels are allowed; counting them is ten times cheaper.
  return countUpTo(text, '{', NESTING_MAX) + countUpTo(text, '[', NESTING_MAX) > NESTING_MAX
    ? deepestNesting(text) > NESTING_MAX
    : false
}

function countUpTo(text: string, character: string, countMax: number): number {
  let count = 0
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    if (++count > countMax) break
  }
  return count
}

/** The deepest level, or the first one beyond the bound. */
function deepestNesting(text: string): number {
  let deepest = 0
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length && deepest <= NESTING_MAX; index++) {
    const unit = text.charCodeAt(index)
    if (inString) {
      if (unit === BACKSLASH) index++
      else if (unit === QUOTE) inString = false
    } else if (unit === QUOTE) inString = true
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) deepest = Math.max(deepest, ++depth)
    else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) depth--
  }
  return deepest
}

/** The parser's own message quotes the body, which may hold personal data. */
function describe(cause: unknown): string {
  return cause instanceof SyntaxError ? 'the parser refuses the body' : 'the body is not UTF-8'
}
