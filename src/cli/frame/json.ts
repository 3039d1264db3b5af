/** JSON that keeps integers exact, in and out: a bigint is written digit for digit, and a number read stays as it was. */

// Both are in every Node this project runs on, and not yet in TypeScript's library.
type RawJson = { rawJSON(text: string): unknown }
type SourceReviver = (key: string, value: unknown, context: { source?: string }) => unknown
const { rawJSON } = JSON as unknown as RawJson
const parse = JSON.parse as (text: string, reviver: SourceReviver) => unknown

/** @param indent spaces; 0 writes one line */
export function exactJson(value: unknown, indent: number): string {
  const replace = (_key: string, part: unknown) =>
    typeof part === 'bigint' ? rawJSON(part.toString()) : part
  return JSON.stringify(value, replace, indent)
}

/** JSON laid out for reading, each number with the digits it came with; undefined when it is no JSON. */
export function layOutJson(text: string): string | undefined {
  try {
    const keep: SourceReviver = (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined ? rawJSON(source) : value
    return JSON.stringify(parse(text, keep), null, 2)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
