import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import { presentRefund } from '../../payments/present-refund.ts'
import type { Queryable } from '../../store/db.ts'
import { findRefund, listRefunds } from '../../store/refunds.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { readPaymentId } from '../query.ts'
import { filterText, idParams, pageOf, pageQuery, query } from '../schema/common.ts'
import { refundSchema } from '../schema/movements.ts'

/** `GET /refunds` and `/refunds/:id`. */
export function refundsRoutes(deps: { database: Queryable }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/refunds',
      {
        schema: {
          summary: 'List refunds, newest first',
          tags: ['Refunds'],
          querystring: query({ payment_id: filterText('of this payment'), ...pageQuery }),
          response: { 200: pageOf(refundSchema) },
        },
      },
      async (request) => {
        const page = readPage('refund', request.query)
        const filter = { paymentId: readPaymentId('payment_id', request.query.payment_id) }
        const found = await listRefunds(deps.database, callerOf(request), filter, page)
        return presentPage(found, presentRefund)
      },
    )

    app.get(
      '/refunds/:id',
      {
        schema: {
          summary: 'Read a refund',
          tags: ['Refunds'],
          params: idParams,
          querystring: query({}),
          response: { 200: refundSchema },
        },
      },
      async (request) => {
        const { id } = request.params
        const found = isId('refund', id)
          ? await findRefund(deps.database, callerOf(request), id)
          : undefined
        if (found === undefined) throw new DomainError('not_found')
        return presentRefund(found)
      },
    )
  }
}
