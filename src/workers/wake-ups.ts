/**
 * Wake-ups between processes: a coalesced NOTIFY of its own, never inside a money or intake transaction, because a
 * NOTIFY takes a lock over the whole database at commit. A lost one costs at most a poll interval.
 */
import type { Database, Queryable } from '../store/db.ts'

const channel = 'payonce_inbox'
const NOTIFY_INTERVAL_MS = 50

/** Returns a function to call after events were stored; it notifies at most 20 times a second. */
export function openNotifier(database: Queryable, onError: (error: unknown) => void): () => void {
  let pending = false
  let quietUntil = 0
  const send = () => {
    pending = false
    quietUntil = performance.now() + NOTIFY_INTERVAL_MS
    database.query({ name: 'wake_up_notify', text: `notify ${channel}` }).catch(onError)
  }
  return () => {
    if (pending) return
    const wait = quietUntil - performance.now()
    if (wait <= 0) return send()
    pending = true
    setTimeout(send, wait).unref()
  }
}

/** Calls `onWakeUp` for every notification; reconnects by itself until closed. */
export function listenForWakeUps(
  database: Database,
  onWakeUp: () => void,
  onError: (error: unknown) => void,
): { close(): Promise<void> } {
  const RECONNECT_MS = 1_000
  let closed = false
  let client: Awaited<ReturnType<Database['connect']>> | undefined
  let timer: NodeJS.Timeout | undefined
  const reconnectLater = (error: unknown) => {
    client = undefined
    if (closed || timer !== undefined) return
    onError(error)
    timer = setTimeout(() => {
      timer = undefined
      connecting = connect()
    }, RECONNECT_MS)
  }
  const connect = async () => {
    try {
      const fresh = await database.connect()
      fresh.on('notification', onWakeUp)
      // The driver tells one broken connection twice: the server's message, then the closed socket.
      let gone = false
      fresh.on('error', (error) => {
        if (gone) return
        gone = true
        reconnectLater(error)
      })
      client = fresh
      await fresh.query(`listen ${channel}`)
      onWakeUp()
      if (closed) await fresh.end()
    } catch (error) {
      reconnectLater(error)
    }
  }
  let connecting = connect()
  return {
    close: async () => {
      closed = true
      clearTimeout(timer)
      await connecting
      await client?.end()
    },
  }
}
