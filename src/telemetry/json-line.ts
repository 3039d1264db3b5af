const BACKSLASH = 92
const QUOTE = 34

/** A JSON escape. Masks step over it whole: in `\nann@example.com` the n belongs to the backslash. */
const ESCAPE = String.raw`\\(?:u[\da-fA-F]{4}|[^])`

/** Where a word may begin: not within one, but right behind an escape such as `\n` or `%20`. */
export const WORD_START = String.raw`(?:(?<=\\(?:[bfnrt]|u[\da-fA-F]{4})|%[\da-fA-F]{2})|(?<![A-Za-z0-9]))`

/** Compiles a pattern for `replaceText`. It must not begin with a backslash. */
export function textPattern(source: string, flags = ''): RegExp {
  return new RegExp(`${ESCAPE}|${source}`, `g${flags}`)
}

/** Like `String.replace` with a function, except that it never cuts a JSON escape in two. */
export function replaceText(
  line: string,
  pattern: RegExp,
  maskOf: (found: string, at: number) => string,
): string {
  return line.replace(pattern, (found: string, ...rest: unknown[]) => {
    // The arguments are the groups, the offset and the whole line.
    const at = rest[rest.length - 2]
    return found.startsWith('\\') || typeof at !== 'number' ? found : maskOf(found, at)
  })
}

/** True for a line of JSON at a place outside of any string, where only a number can stand. */
export function isBareValue(line: string, at: number): boolean {
  if (line[0] !== '{' && line[0] !== '[') return false
  let outside = true
  for (let index = 0; index < at; index++) {
    const code = line.charCodeAt(index)
    if (code === BACKSLASH && !outside) index++
    else if (code === QUOTE) outside = !outside
  }
  return outside
}
