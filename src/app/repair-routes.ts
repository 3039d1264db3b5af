import type { FastifyPluginAsync } from 'fastify'
import type { NewId } from '../domain/ids.ts'
import { auditLogRoutes } from '../http/routes/audit-log.ts'
import { deadLettersRoutes } from '../http/routes/dead-letters.ts'
import { handlerRunsRoutes } from '../http/routes/handler-runs.ts'
import { providerEventsRoutes } from '../http/routes/provider-events.ts'
import { replaysRoutes } from '../http/routes/replays.ts'
import type { Database } from '../store/db.ts'

/** What people see of the inbox and of the user's handlers, and how they repair it. */
export function repairRoutes(deps: {
  reads: Database
  /** where deeds are done: planned as the work of appliers is */
  hot: Database
  newId: NewId
  /** tell the workers, here or elsewhere, that an event or a replay waits */
  wake: () => void
  wakeReplayer: () => void
}): FastifyPluginAsync[] {
  const { reads: database, wake, wakeReplayer } = deps
  const deeds = { database: deps.hot, newId: deps.newId }
  return [
    providerEventsRoutes({ database }),
    replaysRoutes({ database, deeds, wakeReplayer }),
    deadLettersRoutes({ database, deeds, wake, wakeReplayer }),
    handlerRunsRoutes({ database, deeds }),
    auditLogRoutes({ database }),
  ]
}
