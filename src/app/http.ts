import type { FastifyInstance } from 'fastify'
import type { Config } from '../config/config.ts'
import type { NewId } from '../domain/ids.ts'
import type { Authenticate } from '../http/authentication.ts'
import { openapi } from '../http/openapi.ts'
import { apiDocs } from '../http/routes/api-docs.ts'
import { health, type ReadinessCheck } from '../http/routes/health.ts'
import { metrics as metricsRoute } from '../http/routes/metrics.ts'
import { paymentOperationsRoutes } from '../http/routes/payment-operations.ts'
import { providerWebhooks } from '../http/routes/provider-webhooks.ts'
import { webhookMetricsRoute } from '../http/routes/webhook-metrics.ts'
import { createServer } from '../http/server.ts'
import type { RecentAnswers } from '../payments/recent-answers.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { newRequestId } from '../telemetry/request-context.ts'
import type { Tracing } from '../telemetry/tracing.ts'
import type { Supervisor } from '../workers/supervisor.ts'
import type { Intake } from './intake.ts'
import type { Observation } from './observation.ts'
import type { OpenPayments } from './payments.ts'
import { readRoutes } from './read-routes.ts'
import { readinessChecks } from './readiness.ts'
import { repairRoutes } from './repair-routes.ts'
import type { Storage } from './storage.ts'

/** The server with every route it serves; not listening yet. */
export function openHttp(deps: {
  config: Config
  storage: Storage
  intake: Intake
  payments: OpenPayments
  recentAnswers: RecentAnswers
  worker: Supervisor | undefined
  observation: Observation
  /** tells the workers, here or elsewhere, that there is work */
  wake: () => void
  /** tells the workers of this process, if there are any, that a replay waits; others find it by themselves */
  wakeReplayer: () => void
  newId: NewId
  authenticate: Authenticate
  redisHealth: (() => ReadinessCheck) | undefined
  logger: Logger
  metrics: Metrics
  tracing: Tracing | undefined
  version: string
}): FastifyInstance {
  const { storage, intake, observation, logger, metrics, tracing, version } = deps
  return createServer({
    log: logger,
    authenticate: deps.authenticate,
    newRequestId,
    tracing,
    trustedProxies: deps.config.trustedProxies,
    recordRequest: ({ method, route, status, seconds }) => {
      metrics.httpRequest({ method, route, status }, seconds)
      const provider = /^\/webhooks\/([a-z-]+)/.exec(route)?.[1]
      if (provider !== undefined) metrics.webhookProcessed(provider, seconds)
    },
    routes: [
      openapi({ version }),
      apiDocs({ version }),
      health({
        version,
        checkReadiness: readinessChecks({
          database: storage.reads,
          worker: deps.worker,
          redisHealth: deps.redisHealth,
          providerHealth: deps.payments.providerHealth,
        }),
      }),
      metricsRoute({
        render: () => {
          metrics.intakeBytes(intake.bytesInFlight())
          return metrics.render()
        },
      }),
      providerWebhooks({
        receive: intake.receive,
        log: logger,
        telemetry: { ...observation.intake, signatureFailure: metrics.webhookSignatureFailed },
      }),
      paymentOperationsRoutes({ ...deps.payments, recentAnswers: deps.recentAnswers }),
      webhookMetricsRoute(observation.readPerformance),
      ...readRoutes({ database: storage.reads }),
      ...repairRoutes({ ...deps, reads: storage.reads, hot: storage.hot }),
    ],
  })
}
