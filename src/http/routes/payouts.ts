import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import { presentPayout } from '../../payments/present-payout.ts'
import type { Queryable } from '../../store/db.ts'
import { findPayout, listPayouts } from '../../store/payouts.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { idParams, pageOf, pageQuery, query } from '../schema/common.ts'
import { payoutSchema } from '../schema/movements.ts'

/** `GET /payouts` and `/payouts/:id`. */
export function payoutsRoutes(deps: { database: Queryable }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/payouts',
      {
        schema: {
          summary: 'List payouts, newest first',
          tags: ['Payouts'],
          querystring: query({ ...pageQuery }),
          response: { 200: pageOf(payoutSchema) },
        },
      },
      async (request) => {
        const page = readPage('payout', request.query)
        const found = await listPayouts(deps.database, callerOf(request), page)
        return presentPage(found, presentPayout)
      },
    )

    app.get(
      '/payouts/:id',
      {
        schema: {
          summary: 'Read a payout',
          tags: ['Payouts'],
          params: idParams,
          querystring: query({}),
          response: { 200: payoutSchema },
        },
      },
      async (request) => {
        const { id } = request.params
        const found = isId('payout', id)
          ? await findPayout(deps.database, callerOf(request), id)
          : undefined
        if (found === undefined) throw new DomainError('not_found')
        return presentPayout(found)
      },
    )
  }
}
