import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type PaymentStatus, paymentStatuses } from '../../src/domain/payment.ts'
import { charge, openPaymentsApp } from '../support/payments-app.ts'

/** From which statuses each request may be made. */
const legal: Record<string, PaymentStatus[]> = {
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  capture: ['requires_capture'],
  cancel: [
    ...(['requires_payment_method', 'requires_confirmation'] as const),
    ...(['requires_action', 'requires_capture'] as const),
  ],
}

let app: Awaited<ReturnType<typeof openPaymentsApp>>
let paymentId: string
before(async () => {
  app = await openPaymentsApp({ role: 'api', webhooks: false })
  paymentId = (await app.post('/payments', charge)).body.id
})
after(() => app[Symbol.asyncDispose]())

/** Writes an attempt past all of our code, in a transaction that is undone. @returns the rule it breaks */
async function write(
  payment: string,
  step: string,
  amount: number,
  more = '',
): Promise<string | undefined> {
  try {
    await app.sql(`do $$ begin
      update payments set ${payment} where id = '${paymentId}';
      ${more}
      insert into payment_attempts (id, merchant_id, livemode, provider_account_id, payment_id, operation_id, step, number,
        provider_key, request, confirms, amount_minor, currency, status, known_at_seconds, lease_until, actor, request_id,
        correlation_id, created_at)
      select 'pat_of_a_test', merchant_id, livemode, provider_account_id, payment_id, 'other', '${step}', 1,
        'other-${step}-1', request, false, ${amount}, currency, 'sent', 0, created_at, actor, request_id,
        correlation_id, created_at
      from payment_attempts where payment_id = '${paymentId}' limit 1;
      raise exception 'written' using errcode = 'P0001';
    end $$`)
  } catch (error) {
    const { code, constraint } = error as { code?: string; constraint?: string }
    return code === 'P0001' ? undefined : (constraint ?? String(error))
  }
  throw new Error('nothing undid it')
}

const standing = (status: PaymentStatus) =>
  [
    `status = '${status}', received_minor = 0, refunded_minor = 0`,
    `capturable_minor = ${status === 'requires_capture' ? 1000 : 0}`,
    `succeeded_at = ${status === 'succeeded' ? 'created_at' : 'null'}`,
    `canceled_at = ${status === 'canceled' ? 'created_at' : 'null'}`,
  ].join(', ')

for (const [step, statuses] of Object.entries(legal)) {
  test(`the database refuses to ${step} a payment in a status it cannot be done from`, async () => {
    for (const status of paymentStatuses) {
      const refused = await write(standing(status), step, 1000)
      const expected = statuses.includes(status) ? undefined : 'payment_attempts_legal_request'
      assert.equal(refused, expected, `${step} while ${status}`)
    }
  })
}

test('the database refuses to capture more than is held', async () => {
  const held = standing('requires_capture')
  assert.equal(await write(held, 'capture', 1000), undefined)
  assert.equal(await write(held, 'capture', 1001), 'payment_attempts_legal_request')
})

test('the database refuses refunds beyond what was received, those under way and those made included', async () => {
  const received = 'received_minor = 1000, refunded_minor = 300'
  for (const [requested, expected] of [
    [700, undefined],
    [701, 'payment_attempts_legal_request'],
    [1001, 'payments_refund_requested_within_received'],
  ] as const) {
    const hold = `update payments set refund_requested_minor = ${requested} where id = '${paymentId}';`
    assert.equal(await write(received, 'refund', requested, hold), expected)
  }
})
