import { setTimeout } from 'node:timers/promises'

/** The server is there and starting, stopping or replaying its log: PostgreSQL's class 57P, or a connection it cut. */
const comingUp = new Set(['57P01', '57P02', '57P03', 'ECONNRESET'])
const cutMessage = /^Connection terminated/
const RETRY_MS = 250
const WAIT_MS_MAX = 30_000

/**
 * Opens something that needs the database, again and again while the database is coming up: after a crash it replays
 * its log, and whatever was restarted with it must not give up. A server that is not there at all is an error at once.
 */
export async function openWhenReady<T>(open: () => Promise<T>): Promise<T> {
  const until = performance.now() + WAIT_MS_MAX
  for (;;) {
    try {
      return await open()
    } catch (error) {
      if (!isComingUp(error) || performance.now() > until) throw error
      await setTimeout(RETRY_MS)
    }
  }
}

function isComingUp(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return comingUp.has('code' in error ? String(error.code) : '') || cutMessage.test(error.message)
}
