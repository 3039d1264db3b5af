import { styleText } from 'node:util'
import { exactJson } from './json.ts'

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'blue'

/** Where a command speaks: results to standard output, everything beside them to standard error. */
export type Output = {
  /** whether JSON was asked for */
  json: boolean
  /** a line of the result */
  line(text?: string): void
  /** the result as one JSON document */
  document(value: unknown): void
  /** one object of a stream, on a line of its own */
  item(value: unknown): void
  /** bytes of the result exactly as they are */
  bytes(bytes: Uint8Array): void
  /** a line beside the result: progress, hints, warnings */
  note(text: string): void
  /** colors text, if standard output is a terminal and NO_COLOR is not set */
  style(style: Style | readonly Style[], text: string): string
}

/** Where a command line was typed. */
export type Terminal = { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

export function openOutput(json: boolean, { stdout, stderr }: Terminal = process): Output {
  return {
    json,
    line: (text = '') => void stdout.write(`${text}\n`),
    document: (value) => void stdout.write(`${exactJson(value, 2)}\n`),
    item: (value) => void stdout.write(`${exactJson(value, 0)}\n`),
    bytes: (bytes) => void stdout.write(bytes),
    note: (text) => void stderr.write(`${text}\n`),
    style: (style, text) => styleText(style as Style[], text, { stream: stdout }),
  }
}
