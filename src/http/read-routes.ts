import type { FastifyInstance } from 'fastify'
import type { Database } from '../store/db.ts'
import { deadLettersRoutes } from './routes/dead-letters.ts'
import { disputesRoutes } from './routes/disputes.ts'
import { ledgerRoutes } from './routes/ledger.ts'
import { paymentsRoutes } from './routes/payments.ts'
import { payoutsRoutes } from './routes/payouts.ts'
import { providerEventsRoutes } from './routes/provider-events.ts'
import { refundsRoutes } from './routes/refunds.ts'
import { revenueRoutes } from './routes/revenue.ts'

export type ReadRoutesDeps = {
  database: Pick<Database, 'query' | 'transaction'>
  /** tells the workers that there is work */
  wake: () => void
}

/** Everything a merchant's program reads of what providers told. */
export function readRoutes(deps: ReadRoutesDeps): ((app: FastifyInstance) => Promise<void>)[] {
  return [
    paymentsRoutes(deps),
    refundsRoutes(deps),
    disputesRoutes(deps),
    payoutsRoutes(deps),
    ledgerRoutes(deps),
    revenueRoutes(deps),
    providerEventsRoutes(deps),
    deadLettersRoutes(deps),
  ]
}
