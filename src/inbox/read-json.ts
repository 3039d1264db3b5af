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
 * signed, and nesting is bounded before the parser sees it. Millions of
 * brackets would otherwise block for seconds.
 */
export function readJson(body: Uint8Array): unknown {
  checkNesting(body)
  try {
    return JSON.parse(decoder.decode(body))
  } catch (cause) {
    throw new DomainError('body_not_json', { cause, internal: describe(cause) })
  }
}

function checkNesting(body: Uint8Array): void {
  let depth = 0
  let inString = false
  for (let index = 0; index < body.length; index++) {
    const byte = body[index]
    if (inString) {
      if (byte === BACKSLASH) index++
      else if (byte === QUOTE) inString = false
    } else if (byte === QUOTE) inString = true
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > NESTING_MAX) throw new DomainError('body_too_deep')
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--
  }
}

/** The parser's own message quotes the body, which may hold personal data. */
function describe(cause: unknown): string {
  return cause instanceof SyntaxError ? 'the parser refuses the body' : 'the body is not UTF-8'
}
