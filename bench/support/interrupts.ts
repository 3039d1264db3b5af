/**
 * Interrupts: what a bench has opened is closed on Ctrl-C as well, newest first, so that no database, server or folder
 * stays behind. `close` functions are kept here from before they are needed until they have run.
 */
import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const open = new Set<() => Promise<void>>()
let isInterrupted = false

/** @returns the function to close it with, which runs once, by whoever comes first */
export function closeOnInterrupt(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined
  const closeOnce = () => {
    closing ??= close().finally(() => open.delete(closeOnce))
    return closing
  }
  open.add(closeOnce)
  return closeOnce
}

/** Runs the benches; on a signal what they have open is closed, and the process ends as that signal would end it. */
export async function runInterruptibly(run: () => Promise<void>): Promise<void> {
  for (const signal of signals) process.on(signal, () => void interrupt(signal))
  try {
    await run()
  } catch (error) {
    if (!isInterrupted) throw error
    // Its database was taken away under it; the interrupt ends the process.
    await new Promise(() => undefined)
  }
}

async function interrupt(signal: (typeof signals)[number]): Promise<void> {
  if (isInterrupted) return
  isInterrupted = true
  // The bench is still at work, and every connection it loses would end the process before all is closed.
  process.on('uncaughtException', () => undefined)
  console.error(`${signal}: closing what the bench has opened`)
  let code = 128 + constants.signals[signal]
  // What is opened while others close is closed, too.
  for (let newest = [...open].at(-1); newest !== undefined; newest = [...open].at(-1)) {
    await newest().catch((error: unknown) => {
      console.error(error)
      code = 1
    })
  }
  process.exit(code)
}
