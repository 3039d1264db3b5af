import { createInterface } from 'node:readline'
import { styleText } from 'node:util'
import { exactJson } from './json.ts'

/** Back to the first column, and nothing right of it. */
const ERASE_LINE = '\r\u001b[K'

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
  /** a line beside the result: hints, warnings */
  note(text: string): void
  /** how far something is: on a terminal one line that is written over, elsewhere a line now and then */
  progress(text: string): void
  /** asks the person at the terminal, beside the result; undefined when there is none, or no answer */
  ask: ((question: string) => Promise<string | undefined>) | undefined
  /** colors text, if standard output is a terminal and NO_COLOR is not set */
  style(style: Style | readonly Style[], text: string): string
}

/** Where a command line was typed. */
export type Terminal = {
  /** absent: nobody can be asked */
  stdin?: NodeJS.ReadableStream & { isTTY?: boolean }
  stdout: NodeJS.WritableStream & { isTTY?: boolean }
  stderr: NodeJS.WritableStream & { isTTY?: boolean }
}

const PROGRESS_LINE_MS_MIN = 5_000

export function openOutput(json: boolean, terminal: Terminal = process): Output {
  const { stdin, stdout, stderr } = terminal
  const isWatched = stderr.isTTY === true
  let isLineOpen = false
  let lastProgressMs = -Infinity
  /** What comes next begins where the progress stood. */
  const clear = () => {
    if (isLineOpen) stderr.write(ERASE_LINE)
    isLineOpen = false
  }
  const write = (text: string | Uint8Array) => {
    clear()
    stdout.write(text)
  }
  return {
    json,
    line: (text = '') => write(`${text}\n`),
    document: (value) => write(`${exactJson(value, 2)}\n`),
    item: (value) => write(`${exactJson(value, 0)}\n`),
    bytes: (bytes) => write(bytes),
    note: (text) => {
      clear()
      stderr.write(`${text}\n`)
    },
    progress: (text) => {
      if (isWatched) {
        isLineOpen = true
        stderr.write(`${ERASE_LINE}${text}`)
      } else if (performance.now() - lastProgressMs >= PROGRESS_LINE_MS_MIN) {
        lastProgressMs = performance.now()
        stderr.write(`${text}\n`)
      }
    },
    ask: stdin?.isTTY && isWatched ? (question) => ask(question, stdin, stderr) : undefined,
    style: (style, text) => styleText(style as Style[], text, { stream: stdout }),
  }
}

/** One line of what is typed; Ctrl-D is no answer. */
async function ask(
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
): Promise<string | undefined> {
  output.write(question)
  // Not as an editor of lines: that takes Ctrl-C for itself.
  const lines = createInterface({ input, terminal: false })
  try {
    for await (const line of lines) return line.trim()
    output.write('\n')
    return undefined
  } finally {
    lines.close()
  }
}
