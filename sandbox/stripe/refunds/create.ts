import { assertUnit } from '../../currencies.ts'
import type { Params } from '../../http/params.ts'
import type { Charge, Dispute } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { invalid, refused } from '../errors.ts'
import { operation, show } from '../operation.ts'
import { cardOf } from '../payment-methods.ts'

const reasons = ['duplicate', 'fraudulent', 'requested_by_customer'] as const

export const createRefund = operation({
  name: 'refunds.create',
  method: 'POST',
  path: '/v1/refunds',
  read: readRefund,
  run: (tx, { amount: asked, metadata, reason, ...of }) => {
    const charge = findCharge(tx, of)
    assertRefundable(tx, charge)
    const left = charge.amount - charge.refunded
    if (left === 0)
      throw refused(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded')
    const amount = asked ?? left
    assertUnit(amount, charge.currency)
    if (amount > left)
      throw refused(
        `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
        'amount_too_large',
        { param: 'amount' },
      )
    const isPending = cardOf(tx.get('payment_method', charge.method)).behavior === 'refund_pending'
    const fresh = tx.create('refund', {
      charge: charge.id,
      intent: charge.intent,
      amount,
      currency: charge.currency,
      status: isPending ? 'pending' : 'succeeded',
      reason,
      failureReason: null,
      isRelease: false,
      balance: null,
      failureBalance: null,
      metadata,
    })
    const { id: balance } = tx.create('balance_transaction', {
      type: 'refund',
      amount: -amount,
      fee: 0,
      currency: charge.currency,
      source: fresh.id,
      available: tx.nowSeconds,
      description: 'REFUND FOR CHARGE',
      payout: null,
    })
    const refund = tx.change('refund', fresh, { balance })
    const after = tx.change('charge', charge, { refunded: charge.refunded + amount })
    tx.emit('refund.created', 'refund', refund)
    tx.emit('charge.refunded', 'charge', after, { amount_refunded: charge.refunded })
    settleLater(tx, charge, refund.id)
    return show('refund', refund)
  },
})

function readRefund(params: Params) {
  const charge = params.text('charge')
  const intent = params.text('payment_intent')
  params.ignore('instructions_email', 'refund_application_fee', 'reverse_transfer')
  if (charge === undefined && intent === undefined)
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
    )
  const amount = params.integer('amount')
  if (amount !== undefined && amount < 1)
    throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer')
  const reason = params.choice('reason', reasons) ?? null
  return { charge, intent, amount, reason, metadata: params.metadata() ?? {} }
}

type Of = { charge: string | undefined; intent: string | undefined }

function findCharge(tx: Transaction, { charge, intent: id }: Of): Charge {
  if (charge !== undefined) return tx.get('charge', charge, 'charge')
  const intent = tx.get('payment_intent', id ?? '', 'payment_intent')
  if (intent.status === 'succeeded' && intent.charge !== null)
    return tx.get('charge', intent.charge)
  throw refused(
    `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    'payment_intent_unexpected_state',
  )
}

function assertRefundable(tx: Transaction, charge: Charge): void {
  if (charge.status !== 'succeeded' || charge.captured === null)
    throw refused(`Charge ${charge.id} has not been captured.`, 'charge_not_refundable')
  if (tx.state.children('dispute', charge.id).some(holdsMoney))
    throw refused(
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
      'charge_disputed',
    )
}

/** An inquiry has not taken the money yet, and a won dispute has given it back. */
const holdsMoney = ({ status }: Dispute) =>
  status === 'needs_response' || status === 'under_review' || status === 'lost'

function settleLater(tx: Transaction, charge: Charge, refund: string): void {
  const { behavior } = cardOf(tx.get('payment_method', charge.method))
  if (behavior === 'refund_pending' || behavior === 'refund_fails')
    tx.after(tx.timing.refundDelaySeconds, 'settle_refund', refund)
}
