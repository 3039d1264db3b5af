import { openLineWriter } from './line-writer.ts'
import { maskText } from './mask.ts'
import { openUnblocked } from './unblocked-output.ts'

export type LogDestination = {
  /** Takes one finished line; never blocks and never throws. */
  write(line: string): void
  /**
   * Takes text for the person at the terminal, in turn with the lines, so that none is torn by it. It is not masked: it may
   * be there to tell a secret.
   */
  tell(text: string): void
  /** For the moment the process ends without `close`: one attempt, at once. */
  writeNow(): void
  /** Writes out what is buffered, but waits at most so long: a stuck reader must not keep the process alive. */
  close(waitMsMax?: number): Promise<void>
}

export type LogDestinationOptions = {
  /** an open file descriptor; standard output unless given */
  descriptor?: number
  /** characters held while the reader is slow; beyond it lines are dropped */
  bufferLengthMax?: number
  /** told how many lines were just lost */
  onLinesDropped?: (count: number) => void
  /** what hides secrets in one or several whole lines */
  mask?: (lines: string) => string
}

const STANDARD_OUTPUT = 1
const BUFFER_LENGTH_MAX = 8 * 1024 * 1024
/** A longer line is a mistake (a body, a buffer); masking it would hold up every request. */
const LINE_LENGTH_MAX = 256 * 1024
/** Lines masked and written together: few calls under load, and never a long turn of the event loop. */
const CHUNK_LENGTH_MAX = 64 * 1024
const CLOSE_WAIT_MS_MAX = 2000

type Line = { text: string; isTold: boolean }
type Chunk = Line & { lineCount: number }

/**
 * Where masked lines go. Logging is worth less than money: a reader that is slow, stuck or gone and a disk that is
 * full cost lines, and never a payment. Lost lines are counted, and told in one line once the reader is back.
 *
 * Lines wait for the end of the current turn of the event loop, are masked together and leave in one write.
 */
export function openLogDestination(options: LogDestinationOptions = {}): LogDestination {
  const { bufferLengthMax = BUFFER_LENGTH_MAX, onLinesDropped, mask = maskText } = options
  const writer = openLineWriter(openUnblocked(options.descriptor ?? STANDARD_OUTPUT))
  const lines: Line[] = []
  let waitingLength = 0
  let untoldCount = 0
  let isScheduled = false
  let flushing: Promise<void> | undefined
  let isClosed = false

  const drop = (count: number) => {
    if (count === 0) return
    untoldCount += count
    onLinesDropped?.(count)
  }

  function write(line: string): void {
    const isTooMuch = line.length > LINE_LENGTH_MAX || waitingLength + line.length > bufferLengthMax
    if (isClosed || writer.isBroken() || isTooMuch) {
      drop(1)
      return
    }
    take({ text: line, isTold: false })
  }

  /** It is short and told once, so no bound of the buffer holds it back. */
  function tell(text: string): void {
    if (!isClosed && !writer.isBroken()) take({ text, isTold: true })
  }

  function take(line: Line): void {
    lines.push(line)
    waitingLength += line.text.length
    schedule()
  }

  function schedule(): void {
    if (isScheduled || flushing !== undefined) return
    isScheduled = true
    setImmediate(() => {
      isScheduled = false
      flushing ??= flush()
    })
  }

  async function flush(): Promise<void> {
    try {
      while (lines.length > 0 && !isClosed) {
        const { text, isTold, lineCount } = takeChunk()
        const masked = isTold ? text : maskChunk(text)
        // Counted, not logged: the log is what just failed.
        if (masked === undefined) drop(lineCount)
        else if (!(await writer.write(masked))) drop(lineCount)
        waitingLength -= text.length
        if (isIdle() && untoldCount > 0) lines.push({ text: takeLossLine(), isTold: false })
      }
      if (isClosed) drop(lines.length)
    } finally {
      flushing = undefined
    }
  }

  function isIdle(): boolean {
    return lines.length === 0 && !writer.isBroken() && !isClosed
  }

  function takeChunk(): Chunk {
    const isTold = lines[0]?.isTold ?? false
    let length = 0
    let lineCount = 0
    for (const line of lines) {
      if (line.isTold !== isTold || length >= CHUNK_LENGTH_MAX) break
      length += line.text.length
      lineCount++
    }
    return { text: textOf(lines.splice(0, lineCount)), isTold, lineCount }
  }

  function takeLossLine(): string {
    const line = `${JSON.stringify({
      level: 'warn',
      timestamp: new Date().toISOString(),
      lines_dropped: untoldCount,
      message:
        'log lines were dropped: their reader was slow, stuck or gone, or they were too long',
    })}\n`
    untoldCount = 0
    waitingLength += line.length
    return line
  }

  function maskChunk(text: string): string | undefined {
    try {
      return mask(text)
    } catch {
      return undefined
    }
  }

  function writeNow(): void {
    while (lines.length > 0) {
      const { text, isTold } = takeChunk()
      const masked = isTold ? text : maskChunk(text)
      if (masked !== undefined) writer.writeNow(masked)
    }
  }

  async function close(waitMsMax = CLOSE_WAIT_MS_MAX): Promise<void> {
    if (isClosed) return
    flushing ??= flush()
    const inTime = await within(waitMsMax, flushing)
    isClosed = true
    writer.close()
    // A write that is stuck for good is not waited for; its lines are lost like those behind it.
    if (!inTime) await flushing
  }

  return { write, tell, writeNow, close }
}

/** True when the work ended in time. */
async function within(waitMsMax: number, work: Promise<void>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, waitMsMax, false)
  return Promise.race([work.then(() => true), promise]).finally(() => clearTimeout(timer))
}

function textOf(lines: Line[]): string {
  return lines.map(({ text }) => text).join('')
}
