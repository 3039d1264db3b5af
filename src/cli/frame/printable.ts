import { stripVTControlCharacters } from 'node:util'

// Control characters could move the cursor or rewrite what stands above; marks of direction could hide what a line says.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g

/** Text of others made safe for a terminal: what could command it is shown as its code. */
export function printable(text: string): string {
  return text.replace(
    unprintable,
    (found) => `\\u${(found.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  )
}

/** The same for text of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n')
}

/** How many columns the text takes: color takes none. */
export function widthOf(text: string): number {
  return [...stripVTControlCharacters(text)].length
}
