/** The calls that move money: create, confirm, capture, cancel, refund. Each is one operation, however often repeated. */
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseCurrency } from '../../domain/currencies.ts'
import { DomainError } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import { refundStatuses } from '../../domain/payment.ts'
import { planCancellation } from '../../payments/cancel-payment.ts'
import { planCapture } from '../../payments/capture-payment.ts'
import { planConfirmation } from '../../payments/confirm-payment.ts'
import { type PaymentWish, planCreation } from '../../payments/create-payment.ts'
import type { OperationRequest } from '../../payments/operation.ts'
import type { RequestDeps } from '../../payments/operation-deps.ts'
import { performOperation } from '../../payments/perform-operation.ts'
import type { MakePlan } from '../../payments/plan.ts'
import { planRefund } from '../../payments/refund-payment.ts'
import { findPayment } from '../../store/payments.ts'
import { callerOf } from '../authentication.ts'
import { operationRequestOf, sendAnswer } from '../idempotency.ts'
import { id, idParams, minorUnits, query, word } from '../schema/common.ts'
import { paymentSchema } from '../schema/payment.ts'
import {
  cancelPaymentBody,
  capturePaymentBody,
  confirmPaymentBody,
  createPaymentBody,
  refundPaymentBody,
} from '../schema/payment-request.ts'

const tags = ['Payments']
const pending = 'The outcome is not known yet: look again at Location after Retry-After seconds.'
const refundSchema = Type.Object({
  payment_id: id('pay'),
  refund_id: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
  status: word(refundStatuses),
  amount_cents: minorUnits,
})
const headers = Type.Object({
  'idempotency-key': Type.Optional(
    Type.String({ description: 'your name for this request; generated and returned when absent' }),
  ),
})
const answers = (status: 200 | 201, schema: typeof paymentSchema | typeof refundSchema) => ({
  [status]: schema,
  202: { ...schema, description: pending },
})
const params = idParams
const querystring = query({})

export function paymentOperationsRoutes(deps: RequestDeps) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()

    app.post(
      '/payments',
      {
        schema: {
          summary: 'Create a payment, and charge it at once with confirm',
          ...{ tags, headers, querystring },
          body: createPaymentBody,
          response: { 200: paymentSchema, ...answers(201, paymentSchema) },
        },
      },
      async (request, reply) => {
        const { body } = request
        const wish = wishOf(body)
        const operation = operationRequestOf(request, body.reference)
        const makePlan = planCreation(operation, wish, deps)
        return run(deps, reply, operation, wish, { makePlan, makesPayment: true })
      },
    )

    app.post(
      '/payments/:id/confirm',
      {
        schema: {
          summary: 'Charge a payment with the payment method it has, or with another',
          ...{ tags, headers, querystring, params },
          body: confirmPaymentBody,
          response: answers(200, paymentSchema),
        },
      },
      async (request, reply) => {
        const { payment_method: paymentMethod, return_url: returnUrl } = request.body
        return runOn(deps, request, reply, (operation, paymentId) =>
          planConfirmation(operation, paymentId, { paymentMethod, returnUrl }),
        )
      },
    )

    app.post(
      '/payments/:id/capture',
      {
        schema: {
          summary: 'Take what is authorized, or a part of it',
          ...{ tags, headers, querystring, params },
          body: capturePaymentBody,
          response: answers(200, paymentSchema),
        },
      },
      async (request, reply) => {
        const amountMinor = minorOf(request.body.amount_cents)
        return runOn(deps, request, reply, (operation, paymentId) =>
          planCapture(operation, paymentId, { amountMinor }),
        )
      },
    )

    app.post(
      '/payments/:id/cancel',
      {
        schema: {
          summary: 'Give a payment up; an authorization is voided',
          ...{ tags, headers, querystring, params },
          body: cancelPaymentBody,
          response: answers(200, paymentSchema),
        },
      },
      async (request, reply) => {
        const { reason } = request.body
        return runOn(deps, request, reply, (operation, paymentId) =>
          planCancellation(operation, paymentId, { reason }),
        )
      },
    )

    app.post(
      '/payments/:id/refund',
      {
        schema: {
          summary: 'Give money back: an amount, or all that is left',
          ...{ tags, headers, querystring, params },
          body: refundPaymentBody,
          response: answers(200, refundSchema),
        },
      },
      async (request, reply) => {
        const { reason } = request.body
        const amountMinor = minorOf(request.body.amount_cents)
        return runOn(deps, request, reply, (operation, paymentId) =>
          planRefund(operation, paymentId, { amountMinor, reason }),
        )
      },
    )
  }
}

/** @throws DomainError naming the field */
function wishOf(body: {
  user_id: string
  amount_cents: number
  currency: string
  metadata?: Record<string, string>
  payment_method?: string
  capture_method?: 'automatic' | 'manual'
  confirm?: boolean
  description?: string
  product?: string
  provider?: 'stripe'
  return_url?: string
}): PaymentWish {
  const currency = parseCurrency(body.currency)
  if (currency === undefined) throw invalid('/currency', 'must be an ISO 4217 code such as EUR')
  const confirm = body.confirm ?? false
  if (confirm && body.payment_method === undefined) {
    throw invalid('/payment_method', 'is required with confirm')
  }
  const ours = Object.keys(body.metadata ?? {}).find((name) => name.startsWith('payonce_'))
  if (ours !== undefined) throw invalid(`/metadata/${ours}`, 'begins with payonce_, which is ours')
  return {
    userId: body.user_id,
    amountMinor: BigInt(body.amount_cents),
    currency,
    provider: body.provider ?? 'stripe',
    captureMethod: body.capture_method ?? 'automatic',
    confirm,
    metadata: { ...body.metadata, ...(body.product && { product: body.product }) },
    paymentMethod: body.payment_method,
    description: body.description,
    returnUrl: body.return_url,
  }
}

function minorOf(amount: number | undefined): bigint | undefined {
  return amount === undefined ? undefined : BigInt(amount)
}

/** An operation on a payment that is there. */
async function runOn(
  deps: RequestDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  planOf: (operation: OperationRequest, paymentId: string) => MakePlan,
): Promise<FastifyReply> {
  const { id: paymentId } = request.params as { id: string }
  const operation = operationRequestOf(request, undefined)
  const payment = isId('payment', paymentId)
    ? await findPayment(deps.database, callerOf(request), paymentId)
    : undefined
  if (payment === undefined) throw new DomainError('not_found')
  const makePlan = planOf(operation, paymentId)
  return run(deps, reply, operation, payment, { makePlan, makesPayment: false })
}

async function run(
  deps: RequestDeps,
  reply: FastifyReply,
  operation: OperationRequest,
  at: { provider: string; providerAccountId?: string },
  wished: { makePlan: MakePlan; makesPayment: boolean },
): Promise<FastifyReply> {
  const provider = await deps.providerOf(at.provider, operation.livemode, at.providerAccountId)
  if (provider === undefined) throw new DomainError('provider_not_connected')
  return sendAnswer(reply, await performOperation(deps, provider, operation, wished))
}

function invalid(pointer: string, detail: string): DomainError {
  return new DomainError('invalid_request', {
    public: `The body is not valid: ${pointer} ${detail}.`,
    errors: [{ pointer, detail }],
  })
}
