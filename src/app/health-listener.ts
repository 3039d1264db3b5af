import type { FastifyInstance } from 'fastify'
import { health } from '../http/routes/health.ts'
import { metrics as metricsRoute } from '../http/routes/metrics.ts'
import { createServer } from '../http/server.ts'
import type { Database } from '../store/db.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { newRequestId } from '../telemetry/request-context.ts'
import type { Supervisor } from '../workers/supervisor.ts'
import { readinessChecks } from './readiness.ts'

/**
 * What a process that only works shows of itself: health and metrics, by the routes of the API, and nothing else. It
 * answers from the loop the duties run in, so a process that stands still fails its check, too.
 */
export function openHealthListener(deps: {
  database: Database
  worker: Supervisor
  logger: Logger
  metrics: Metrics
  version: string
}): FastifyInstance {
  const { database, worker, logger, metrics, version } = deps
  return createServer({
    log: logger,
    authenticate: async () => undefined,
    newRequestId,
    recordRequest: ({ method, route, status, seconds }) =>
      metrics.httpRequest({ method, route, status }, seconds),
    routes: [
      health({ version, checkReadiness: readinessChecks({ database, worker }) }),
      metricsRoute({ render: metrics.render }),
    ],
  })
}
