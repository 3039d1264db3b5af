import pino from 'pino'
import { maskText } from './mask.ts'
import { openUnblocked } from './unblocked-output.ts'

export type LogDestination = {
  /** Takes one finished line; never blocks and never throws. */
  write(line: string): void
  /** Writes out what is buffered, but waits at most so long: a stuck reader must not keep the process alive. */
  close(waitMsMax?: number): Promise<void>
}

export type LogDestinationOptions = {
  /** an open file descriptor; standard output unless given */
  descriptor?: number
  /** bytes held while the reader is slow; beyond it lines are dropped */
  bufferBytesMax?: number
  /** told how many lines were just lost */
  onLinesDropped?: (count: number) => void
}

const STANDARD_OUTPUT = 1
const BUFFER_BYTES_MAX = 8 * 1024 * 1024
/** A longer line is a mistake (a body, a buffer); masking it would hold up every request. */
const LINE_LENGTH_MAX = 256 * 1024
const CLOSE_WAIT_MS_MAX = 2000

/**
 * Where masked lines go. Logging is worth less than money: a reader that is slow, stuck or gone costs lines,
 * which are counted, and never a payment. A line that cannot be masked is dropped as well.
 */
export function openLogDestination(options: LogDestinationOptions = {}): LogDestination {
  const { bufferBytesMax = BUFFER_BYTES_MAX, onLinesDropped } = options
  const dest = openUnblocked(options.descriptor ?? STANDARD_OUTPUT)
  const stream = pino.destination({ dest, sync: false, maxLength: bufferBytesMax })
  let unwrittenCount = 0
  let state: 'open' | 'broken' | 'closed' = 'open'
  const drop = (count: number) => {
    if (count > 0) onLinesDropped?.(count)
  }
  stream.on('drop', () => {
    unwrittenCount--
    drop(1)
  })
  stream.on('drain', () => {
    unwrittenCount = 0
  })
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A full disk may recover: the buffer is kept and tried again with the next line. A closed pipe does not.
    if (error.code !== 'EPIPE' || state === 'broken') return
    state = 'broken'
    drop(unwrittenCount)
    unwrittenCount = 0
  })

  function write(line: string): void {
    if (state !== 'open' || line.length > LINE_LENGTH_MAX) {
      drop(1)
      return
    }
    try {
      const masked = maskText(line)
      unwrittenCount++
      stream.write(masked)
    } catch {
      // Counted, not logged: the log is what just failed.
      drop(1)
    }
  }

  async function close(waitMsMax = CLOSE_WAIT_MS_MAX): Promise<void> {
    if (state === 'closed') return
    const flushed = state === 'open' && (await settles(stream, unwrittenCount, waitMsMax))
    state = 'closed'
    if (flushed) {
      stream.end()
      return
    }
    drop(unwrittenCount)
    // Otherwise pino writes the rest synchronously at exit, and waits for the stuck reader for ever.
    stream.destroy()
  }

  return { write, close }
}

type Stream = ReturnType<typeof pino.destination>

/** True once everything is written; false when that failed or took longer than allowed. */
function settles(stream: Stream, unwrittenCount: number, waitMsMax: number): Promise<boolean> {
  if (unwrittenCount === 0) return Promise.resolve(true)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const timer = setTimeout(resolve, waitMsMax, false)
  stream.once('drain', () => resolve(true))
  stream.once('error', () => resolve(false))
  return promise.finally(() => clearTimeout(timer))
}
