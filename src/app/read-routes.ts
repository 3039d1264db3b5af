import type { FastifyPluginAsync } from 'fastify'
import { deadLettersRoutes } from '../http/routes/dead-letters.ts'
import { disputesRoutes } from '../http/routes/disputes.ts'
import { ledgerRoutes } from '../http/routes/ledger.ts'
import { paymentsRoutes } from '../http/routes/payments.ts'
import { payoutsRoutes } from '../http/routes/payouts.ts'
import { providerEventsRoutes } from '../http/routes/provider-events.ts'
import { refundsRoutes } from '../http/routes/refunds.ts'
import { revenueRoutes } from '../http/routes/revenue.ts'
import type { Database } from '../store/db.ts'

/** Everything a person or a merchant's program reads, and the retry of a dead letter. */
export function readRoutes(deps: { database: Database; wake: () => void }): FastifyPluginAsync[] {
  const { database, wake } = deps
  return [
    paymentsRoutes({ database }),
    refundsRoutes({ database }),
    disputesRoutes({ database }),
    payoutsRoutes({ database }),
    revenueRoutes({ database }),
    ledgerRoutes({ database }),
    providerEventsRoutes({ database }),
    deadLettersRoutes({ database, wake }),
  ]
}
