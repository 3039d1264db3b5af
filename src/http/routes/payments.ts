import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import { Type } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import { paymentStatuses } from '../../domain/payment.ts'
import { presentPayment } from '../../payments/present-payment.ts'
import { readTimeline } from '../../payments/read-timeline.ts'
import type { Queryable } from '../../store/db.ts'
import { findPayment, listPayments } from '../../store/payments.ts'
import type { PaymentRow } from '../../store/rows.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { readRange } from '../query.ts'
import {
  filterInstant,
  filterText,
  idParams,
  pageOf,
  pageQuery,
  query,
  word,
} from '../schema/common.ts'
import { paymentSchema, timelineSchema } from '../schema/payment.ts'

const listQuery = query({
  user_id: filterText('payments of this customer'),
  status: Type.Optional(
    word(paymentStatuses, 'failed also finds declined payments that may be tried again'),
  ),
  created_from: filterInstant('made at or after'),
  created_to: filterInstant('made before'),
  ...pageQuery,
})

/** `GET /payments`, `/payments/:id` and its timeline. */
export function paymentsRoutes(deps: { database: Queryable }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    const getPayment = async (request: FastifyRequest, id: string): Promise<PaymentRow> => {
      const found = isId('payment', id)
        ? await findPayment(deps.database, callerOf(request), id)
        : undefined
      if (found === undefined) throw new DomainError('not_found')
      return found
    }

    app.get(
      '/payments',
      {
        schema: {
          summary: 'List payments, newest first',
          tags: ['Payments'],
          querystring: listQuery,
          response: { 200: pageOf(paymentSchema) },
        },
      },
      async (request) => {
        const { user_id, status, ...rest } = request.query
        const { from, to } = readRange(rest, 'created_from', 'created_to')
        const filter = { userId: user_id, status, createdFrom: from, createdTo: to }
        const page = readPage('payment', rest)
        const found = await listPayments(deps.database, callerOf(request), filter, page)
        return presentPage(found, presentPayment)
      },
    )

    app.get(
      '/payments/:id',
      {
        schema: {
          summary: 'Read a payment',
          tags: ['Payments'],
          params: idParams,
          querystring: query({}),
          response: { 200: paymentSchema },
        },
      },
      async (request) => presentPayment(await getPayment(request, request.params.id)),
    )

    app.get(
      '/payments/:id/timeline',
      {
        schema: {
          summary: 'Everything that happened to a payment, and why it is as it is',
          tags: ['Payments'],
          params: idParams,
          querystring: query({}),
          response: { 200: timelineSchema },
        },
      },
      async (request) => {
        const payment = await getPayment(request, request.params.id)
        return readTimeline(deps.database, callerOf(request), payment)
      },
    )
  }
}
