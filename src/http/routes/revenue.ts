import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { intervals, PERIOD_COUNT_MAX } from '../../revenue/periods.ts'
import { readRevenue } from '../../revenue/read-revenue.ts'
import { findTimeZone } from '../../revenue/time-zone.ts'
import type { Database } from '../../store/db.ts'
import { callerOf } from '../authentication.ts'
import { invalidParameter, readCurrency, readRange } from '../query.ts'
import { filterInstant, filterText, query, word } from '../schema/common.ts'
import { revenueSchema } from '../schema/ledger.ts'

/** `GET /revenue`. */
export function revenueRoutes(deps: { database: Pick<Database, 'transaction'> }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/revenue',
      {
        schema: {
          summary: 'Revenue per currency and period of activity',
          tags: ['Revenue'],
          querystring: query({
            from: filterInstant('activity at or after; default: the beginning'),
            to: filterInstant('activity before; default: now'),
            currency: filterText('ISO 4217 code; default: each by itself'),
            interval: Type.Optional(word(intervals, 'default: total')),
            timezone: filterText('IANA name that periods begin by; default: UTC'),
          }),
          response: { 200: revenueSchema },
        },
      },
      async (request) => {
        const { currency, interval = 'total', timezone = 'UTC', ...range } = request.query
        const zone = findTimeZone(timezone)
        if (zone === undefined) {
          throw invalidParameter('timezone', 'must be an IANA name such as Europe/Berlin')
        }
        const answer = await readRevenue(deps.database, callerOf(request), {
          ...readRange(range, 'from', 'to'),
          currency: readCurrency('currency', currency),
          interval,
          zone,
        })
        if (answer.outcome === 'too_many_periods') {
          throw invalidParameter('interval', `makes more than ${PERIOD_COUNT_MAX} periods`)
        }
        return { items: answer.items }
      },
    )
  }
}
