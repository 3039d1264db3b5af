/** A merchant that asks for one thing after another, each under a key of its own, until each has its final answer. */
import { DomainError } from '../../../src/domain/errors.ts'
import type { OperationRequest } from '../../../src/payments/operation.ts'
import { performOperation } from '../../../src/payments/perform-operation.ts'
import { merchantId } from '../../support/inbox.ts'
import type { Application } from './application.ts'
import type { Final, Merchant, Order } from './orders.ts'

/** Asks for everything that has no final answer yet, in order; stops where one has to be waited for. */
export async function pursue(app: Application, merchant: Merchant): Promise<void> {
  for (const order of merchant.orders) {
    if (merchant.finals.has(order.key)) continue
    const answer = await askOnce(app, merchant, order)
    if (answer === 'wait') return
    note(merchant, order.key, answer)
  }
}

/** Asks for all of it once more, as a merchant does who lost what they had been told. */
export async function repeatAll(app: Application, merchant: Merchant): Promise<void> {
  for (const order of merchant.orders) {
    if (!merchant.finals.has(order.key)) continue
    const answer = await askOnce(app, merchant, order)
    note(merchant, order.key, answer === 'wait' ? { status: 202, body: '' } : answer)
  }
}

/** The first key for something else. @returns the code it is refused with */
export async function reuseKey(app: Application, merchant: Merchant): Promise<string | undefined> {
  const [order] = merchant.orders
  if (order === undefined || !merchant.finals.has(order.key)) return undefined
  try {
    const answer = await askOnce(app, merchant, { ...order, body: { other: 'request' } })
    return JSON.stringify(answer)
  } catch (error) {
    if (error instanceof DomainError) return error.code
    throw error
  }
}

function note({ answers }: Merchant, key: string, answer: Final): void {
  answers.set(key, [...(answers.get(key) ?? []), answer])
}

async function askOnce(
  app: Application,
  { finals }: Merchant,
  { key, path, body, plan }: Order,
): Promise<Final | 'wait'> {
  const provider = await app.payments.providerOf('stripe', false)
  if (provider === undefined) throw new Error('there is no provider')
  const request: OperationRequest = {
    ...{ merchantId, livemode: false, method: 'POST', path: path(finals), body },
    ...{ givenKey: key, reference: undefined, actor: 'key_net', traceContext: null },
    ...{ requestId: `req_${key}`, correlationId: `cor_${key}` },
  }
  try {
    const answer = await performOperation(app.payments, provider, request, {
      makePlan: plan(request, app.payments, finals),
      makesPayment: request.path === '/payments',
    })
    return answer.status === 202 ? 'wait' : { status: answer.status, body: answer.body.toString() }
  } catch (error) {
    if (app.mortal.isDead || isRefusal(error)) throw error
    return 'wait'
  }
}

/** A no that another try does not change. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof DomainError && error.code === 'idempotency_key_reused_with_different_request'
  )
}
