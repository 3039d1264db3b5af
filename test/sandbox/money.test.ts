import assert from 'node:assert/strict'
import { test } from 'node:test'
import type Stripe from 'stripe'
import { paid } from './support/control.ts'
import { openFor } from './support/open.ts'
import { rejection } from './support/rejection.ts'

const DAY = 24 * 3600

test('the fee of a charge comes late, and adds up', async (t) => {
  const { stripe, control } = await openFor(t)
  const intent = await stripe.paymentIntents.create({ ...paid, expand: ['latest_charge'] })
  assert.equal((intent.latest_charge as Stripe.Charge).balance_transaction, null)
  await control.advance(31)
  const charge = await stripe.charges.retrieve(String((intent.latest_charge as Stripe.Charge).id), {
    expand: ['balance_transaction'],
  })
  const booked = charge.balance_transaction as Stripe.BalanceTransaction
  assert.deepEqual([booked.amount, booked.fee, booked.net], [1000, 59, 941])
  assert.deepEqual([booked.type, booked.status, booked.source], ['charge', 'pending', charge.id])
  const updated = await stripe.events.list({ type: 'charge.updated' })
  assert.deepEqual(updated.data[0]?.data.previous_attributes, { balance_transaction: null })
  const yen = await stripe.paymentIntents.create({ ...paid, currency: 'jpy' })
  await control.advance(31)
  const [row] = (await stripe.balanceTransactions.list({ source: String(yen.latest_charge) })).data
  assert.equal(row?.fee, 29)
})

test('a fee may never be told', async (t) => {
  const { stripe, control } = await openFor(t, { timing: { feeMissingRate: 1 } })
  const { latest_charge: id } = await stripe.paymentIntents.create(paid)
  await control.advance(DAY)
  assert.equal((await stripe.charges.retrieve(String(id))).balance_transaction, null)
  assert.equal((await stripe.balanceTransactions.list({ source: String(id) })).data.length, 1)
})

test('refunds never exceed what was paid', async (t) => {
  const { stripe, control } = await openFor(t)
  const intent = await stripe.paymentIntents.create(paid)
  const refund = await stripe.refunds.create({
    payment_intent: intent.id,
    amount: 300,
    reason: 'requested_by_customer',
    metadata: { why: 'late' },
  })
  assert.equal(refund.status, 'succeeded')
  const over = await rejection(stripe.refunds.create({ payment_intent: intent.id, amount: 701 }))
  assert.equal(over.param, 'amount')
  await stripe.refunds.create({ charge: String(intent.latest_charge) })
  const done = await rejection(stripe.refunds.create({ payment_intent: intent.id }))
  assert.equal(done.code, 'charge_already_refunded')
  const charge = await stripe.charges.retrieve(String(intent.latest_charge), {
    expand: ['refunds'],
  })
  assert.deepEqual([charge.amount_refunded, charge.refunded], [1000, true])
  assert.deepEqual(
    charge.refunds?.data.map(({ amount }) => amount),
    [700, 300],
  )
  assert.equal((await stripe.refunds.list({ payment_intent: intent.id })).data.length, 2)
  const named = await stripe.refunds.update(refund.id, { metadata: { why: '', who: 'me' } })
  assert.deepEqual(named.metadata, { who: 'me' })
  const cancel = await rejection(stripe.refunds.cancel(refund.id))
  assert.equal(cancel.code, 'refund_not_cancelable')
  const { refunds } = await control.effects()
  assert.deepEqual(
    refunds?.map(({ amount }) => amount),
    [300, 700],
  )
  const open = await stripe.paymentIntents.create({ ...paid, confirm: false })
  const unpaid = await rejection(stripe.refunds.create({ payment_intent: open.id }))
  assert.equal(unpaid.code, 'payment_intent_unexpected_state')
  assert.equal((await rejection(stripe.refunds.create({}))).statusCode, 400)
})

test('a refund may be pending first, and may come back later', async (t) => {
  const { stripe, control } = await openFor(t)
  const refundOf = async (payment_method: string) => {
    const { id } = await stripe.paymentIntents.create({ ...paid, payment_method })
    return stripe.refunds.create({ payment_intent: id })
  }
  const slow = await refundOf('pm_card_pendingRefund')
  const stopped = await refundOf('pm_card_pendingRefund')
  const failing = await refundOf('pm_card_refundFail')
  assert.deepEqual([slow.status, failing.status], ['pending', 'succeeded'])
  assert.equal((await stripe.refunds.cancel(stopped.id)).status, 'canceled')
  await control.advance(11)
  assert.equal((await stripe.refunds.retrieve(slow.id)).status, 'succeeded')
  const failed = await stripe.refunds.retrieve(failing.id)
  assert.deepEqual([failed.status, failed.failure_reason], ['failed', 'lost_or_stolen_card'])
  const charge = await stripe.charges.retrieve(String(failing.charge))
  assert.deepEqual([charge.amount_refunded, charge.refunded], [0, false])
  assert.equal((await stripe.events.list({ type: 'refund.failed' })).data.length, 1)
})

test('a dispute is won or lost by its evidence', async (t) => {
  const { stripe, control } = await openFor(t)
  const disputed = async (evidence: string) => {
    const { id } = await stripe.paymentIntents.create({
      ...paid,
      payment_method: 'pm_card_createDispute',
    })
    await control.advance(6)
    const [dispute] = (await stripe.disputes.list({ payment_intent: id })).data
    assert.ok(dispute)
    assert.deepEqual([dispute.status, dispute.reason], ['needs_response', 'fraudulent'])
    const refund = await rejection(stripe.refunds.create({ payment_intent: id }))
    assert.equal(refund.code, 'charge_disputed')
    const staged = await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: evidence, customer_name: 'Jo' },
      submit: false,
    })
    assert.equal(staged.status, 'needs_response')
    const sent = await stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: evidence },
    })
    assert.deepEqual([sent.status, sent.evidence_details.submission_count], ['under_review', 1])
    await control.advance(6)
    return stripe.disputes.retrieve(dispute.id)
  }
  const won = await disputed('winning_evidence')
  assert.equal(won.status, 'won')
  assert.deepEqual(
    won.balance_transactions.map(({ amount, fee }) => [amount, fee]),
    [
      [-1000, 1500],
      [1000, 0],
    ],
  )
  const lost = await disputed('losing_evidence')
  assert.equal(lost.status, 'lost')
  const late = await rejection(stripe.disputes.update(lost.id, { evidence: { receipt: 'x' } }))
  assert.equal(late.code, 'dispute_already_closed')
  const types = (await stripe.events.list({ type: 'charge.dispute.*', limit: 100 })).data
  assert.equal(types.filter(({ type }) => type === 'charge.dispute.closed').length, 2)
  assert.equal(types.filter(({ type }) => type === 'charge.dispute.funds_reinstated').length, 1)
})

test('an inquiry takes no money until it becomes a dispute', async (t) => {
  const { stripe, control } = await openFor(t)
  const open = async (payment_method: string) => {
    const { id } = await stripe.paymentIntents.create({ ...paid, payment_method })
    await control.advance(6)
    return (await stripe.disputes.list({ payment_intent: id })).data
  }
  const [closed] = await open('pm_card_createDisputeInquiry')
  assert.equal(closed?.status, 'warning_needs_response')
  assert.equal(closed?.balance_transactions.length, 0)
  assert.equal((await stripe.disputes.close(closed?.id ?? '')).status, 'warning_closed')
  const answered = async (text: string) => {
    const [inquiry] = await open('pm_card_createDisputeInquiry')
    await stripe.disputes.update(inquiry?.id ?? '', { evidence: { uncategorized_text: text } })
    await control.advance(6)
    return stripe.disputes.retrieve(inquiry?.id ?? '')
  }
  assert.equal((await answered('winning_evidence')).status, 'warning_closed')
  const escalated = await answered('losing_evidence')
  assert.equal(escalated.status, 'needs_response')
  assert.equal(escalated.balance_transactions[0]?.amount, -1000)
  assert.equal((await stripe.disputes.close(escalated.id)).status, 'lost')
  const again = await rejection(stripe.disputes.close(escalated.id))
  assert.equal(again.code, 'dispute_already_closed')
  const two = await open('pm_card_createMultipleDisputes')
  assert.deepEqual(
    two.map(({ amount }) => amount),
    [500, 500],
  )
  await stripe.paymentIntents.create({
    ...paid,
    payment_method: 'pm_card_createIssuerFraudRecord',
  })
  const warnings = await stripe.events.list({ type: 'radar.early_fraud_warning.created' })
  assert.equal(warnings.data.length, 1)
})

test('money becomes available, and is paid out every midnight with its rows', async (t) => {
  const { stripe, control } = await openFor(t)
  for (let index = 0; index < 3; index++) await stripe.paymentIntents.create(paid)
  await control.advance(60)
  const early = await stripe.balance.retrieve()
  assert.deepEqual([early.available[0]?.amount, early.pending[0]?.amount], [0, 3 * 941])
  await control.advance(4 * DAY)
  const { data } = await stripe.payouts.list({ status: 'paid' })
  const [payout] = data
  assert.deepEqual([payout?.amount, payout?.automatic], [3 * 941, true])
  const rows = await stripe.balanceTransactions.list({ payout: payout?.id ?? '' })
  assert.equal(rows.data.length, 4)
  assert.equal(
    rows.data.reduce((sum, { net }) => sum + net, 0),
    0,
  )
  assert.equal((await stripe.balance.retrieve()).available[0]?.amount, 0)
})

test('a payout by hand needs the money, and may be sent back', async (t) => {
  const { stripe, control } = await openFor(t)
  await stripe.paymentIntents.create({ ...paid, payment_method: 'pm_card_bypassPending' })
  await control.advance(31)
  const poor = await rejection(stripe.payouts.create({ amount: 2000, currency: 'usd' }))
  assert.equal(poor.code, 'balance_insufficient')
  const odd = await rejection(stripe.payouts.create({ amount: 150, currency: 'huf' }))
  assert.equal(odd.param, 'amount')
  const payout = await stripe.payouts.create({
    amount: 500,
    currency: 'usd',
    destination: 'ba_sandbox_fails',
  })
  assert.equal(payout.status, 'pending')
  await control.advance(61)
  assert.equal((await stripe.payouts.retrieve(payout.id)).status, 'in_transit')
  await control.advance(61)
  const failed = await stripe.payouts.retrieve(payout.id)
  assert.deepEqual([failed.status, failed.failure_code], ['failed', 'account_closed'])
  assert.equal((await stripe.balance.retrieve()).available[0]?.amount, 941)
})
