import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import { presentDispute } from '../../payments/present-dispute.ts'
import type { Queryable } from '../../store/db.ts'
import { findDispute, listDisputes } from '../../store/disputes.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { readPaymentId } from '../query.ts'
import { filterText, idParams, pageOf, pageQuery, query } from '../schema/common.ts'
import { disputeSchema } from '../schema/movements.ts'

/** `GET /disputes` and `/disputes/:id`. */
export function disputesRoutes(deps: { database: Queryable }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/disputes',
      {
        schema: {
          summary: 'List disputes, newest first',
          tags: ['Disputes'],
          querystring: query({ payment_id: filterText('of this payment'), ...pageQuery }),
          response: { 200: pageOf(disputeSchema) },
        },
      },
      async (request) => {
        const page = readPage('dispute', request.query)
        const filter = { paymentId: readPaymentId('payment_id', request.query.payment_id) }
        const found = await listDisputes(deps.database, callerOf(request), filter, page)
        return presentPage(found, presentDispute)
      },
    )

    app.get(
      '/disputes/:id',
      {
        schema: {
          summary: 'Read a dispute',
          tags: ['Disputes'],
          params: idParams,
          querystring: query({}),
          response: { 200: disputeSchema },
        },
      },
      async (request) => {
        const { id } = request.params
        const found = isId('dispute', id)
          ? await findDispute(deps.database, callerOf(request), id)
          : undefined
        if (found === undefined) throw new DomainError('not_found')
        return presentDispute(found)
      },
    )
  }
}
