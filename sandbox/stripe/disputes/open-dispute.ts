import type { Charge, Dispute } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { cardOf } from '../payment-methods.ts'

const DISPUTE_FEE = 1500

const reasons: Readonly<Record<string, string>> = {
  createDisputeProductNotReceived: 'product_not_received',
  createDisputeInquiry: 'fraudulent',
  createComplianceDispute: 'noncompliant',
}

/** The cardholder challenges the charge; a card of two disputes challenges it in two halves. */
export function openDisputes(tx: Transaction, id: string): void {
  const charge = tx.get('charge', id)
  const captured = charge.captured ?? 0
  const card = cardOf(tx.get('payment_method', charge.method))
  const half = Math.floor(captured / 2)
  const amounts = card.behavior === 'two_disputes' ? [half, captured - half] : [captured]
  const reason = reasons[card.name] ?? 'fraudulent'
  for (const amount of amounts) openDispute(tx, charge, amount, reason, card.behavior === 'inquiry')
}

function openDispute(
  tx: Transaction,
  charge: Charge,
  amount: number,
  reason: string,
  isInquiry: boolean,
): void {
  const dispute = tx.create('dispute', {
    charge: charge.id,
    intent: charge.intent,
    amount,
    currency: charge.currency,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
    reason,
    balances: [],
    evidence: {},
    submissions: 0,
    metadata: {},
  })
  tx.change('charge', tx.get('charge', charge.id), { disputed: true })
  const opened = isInquiry ? dispute : withdraw(tx, dispute)
  tx.emit('charge.dispute.created', 'dispute', opened)
  if (!isInquiry) tx.emit('charge.dispute.funds_withdrawn', 'dispute', opened)
}

/** The bank takes the money, and Stripe its fee. */
export function withdraw(tx: Transaction, dispute: Dispute): Dispute {
  return book(tx, dispute, { amount: -dispute.amount, fee: DISPUTE_FEE })
}

/** The bank gives the money back; the fee stays. */
export function reinstate(tx: Transaction, dispute: Dispute): Dispute {
  return book(tx, dispute, { amount: dispute.amount, fee: 0 })
}

function book(tx: Transaction, dispute: Dispute, money: { amount: number; fee: number }): Dispute {
  const { id } = tx.create('balance_transaction', {
    ...money,
    type: 'adjustment',
    currency: dispute.currency,
    source: dispute.id,
    available: tx.nowSeconds,
    description:
      money.amount < 0
        ? `Chargeback withdrawal for ${dispute.charge}`
        : `Chargeback reversal for ${dispute.charge}`,
    payout: null,
  })
  return tx.change('dispute', dispute, { balances: [...dispute.balances, id] })
}
