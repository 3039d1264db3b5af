import { replaceText, textPattern } from './json-line.ts'

const encodedToken = textPattern(String.raw`[^\s"\\]*%[\da-f]{2}[^\s"\\]*`, 'i')
/** An address within an address within an address. */
const DEPTH_MAX = 3

/**
 * Masks within percent-encoded text: a word of an address is decoded, and where the masks find something in it, the
 * masked words stand in its place, decoded. Whatever could end a JSON string stays encoded.
 */
export function maskEncoded(line: string, mask: (text: string) => string, depth = 0): string {
  if (!line.includes('%') || depth >= DEPTH_MAX) return line
  return replaceText(line, encodedToken, (token) => {
    const decoded = decode(token)
    const masked = mask(maskEncoded(decoded, mask, depth + 1))
    return masked === decoded ? token : masked.replace(/["\\\p{Cc}]/gu, encodeURIComponent)
  })
}

/** What is no UTF-8 is decoded byte by byte. */
function decode(token: string): string {
  try {
    return decodeURIComponent(token)
  } catch {
    return token.replace(/%[\da-f]{2}/gi, (code) =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    )
  }
}
