import type { Version } from '../store/records.ts'

/** undefined for what had no effect: a charge that was refused, a hold that was let go. */
export function effectForm(version: Version): object | undefined {
  switch (version.kind) {
    case 'charge': {
      const { record: charge } = version
      if (charge.status === 'failed') return undefined
      return {
        id: charge.id,
        payment_intent: charge.intent,
        amount: charge.amount,
        amount_captured: charge.captured ?? 0,
        amount_refunded: charge.refunded,
        captured: charge.captured !== null,
        currency: charge.currency,
        status: charge.status,
        balance_transaction: charge.balance,
        disputed: charge.disputed,
        created: charge.created,
        metadata: charge.metadata,
      }
    }
    case 'refund': {
      const { isRelease, charge, intent, n, balance, ...rest } = version.record
      if (isRelease) return undefined
      return { ...named(rest), charge, payment_intent: intent, balance_transaction: balance }
    }
    case 'dispute': {
      const { charge, intent, n, evidence, balances, ...rest } = version.record
      return { ...rest, charge, payment_intent: intent, balance_transactions: balances }
    }
    case 'payout': {
      const { id, amount, currency, status, automatic, created, arrival, metadata } = version.record
      return { id, amount, currency, status, automatic, created, arrival_date: arrival, metadata }
    }
    case 'balance_transaction': {
      const { id, type, amount, fee, currency, source, created, payout } = version.record
      return { id, type, amount, fee, net: amount - fee, currency, source, created, payout }
    }
    default:
      return undefined
  }
}

type RefundRest = { failureReason: string | null; failureBalance: string | null }

function named<T extends RefundRest>({ failureReason, failureBalance, ...rest }: T) {
  return { ...rest, failure_reason: failureReason, failure_balance_transaction: failureBalance }
}
