import type { Queryable } from '../store/db.ts'
import { markHandlersSeen } from '../store/event-handlers.ts'
import type { Duty } from './duty.ts'

export type HandlerHeartbeatDeps = {
  database: Queryable
  /** what this process has */
  names: string[]
  /** a person removed it while this process has it: told once */
  onRemoved: (name: string) => void
}

const POLL_MS = 10_000

/** Says that this process is there for its handlers, so that nobody takes them for gone. */
export function handlerHeartbeat({ database, names, onRemoved }: HandlerHeartbeatDeps): Duty {
  const removed = new Set<string>()
  return {
    name: 'handler-heartbeat',
    pollMs: POLL_MS,
    takeTurn: async () => {
      const registered = await markHandlersSeen(database, names)
      for (const name of names) {
        if (registered.has(name)) removed.delete(name)
        else if (!removed.has(name)) {
          removed.add(name)
          onRemoved(name)
        }
      }
      return 'idle'
    },
  }
}
