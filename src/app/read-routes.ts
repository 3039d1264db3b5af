import type { FastifyPluginAsync } from 'fastify'
import { disputesRoutes } from '../http/routes/disputes.ts'
import { ledgerRoutes } from '../http/routes/ledger.ts'
import { paymentsRoutes } from '../http/routes/payments.ts'
import { payoutsRoutes } from '../http/routes/payouts.ts'
import { refundsRoutes } from '../http/routes/refunds.ts'
import { revenueRoutes } from '../http/routes/revenue.ts'
import type { Database } from '../store/db.ts'

/** Everything a person or a merchant's program reads of its money. */
export function readRoutes({ database }: { database: Database }): FastifyPluginAsync[] {
  return [
    paymentsRoutes({ database }),
    refundsRoutes({ database }),
    disputesRoutes({ database }),
    payoutsRoutes({ database }),
    revenueRoutes({ database }),
    ledgerRoutes({ database }),
  ]
}
