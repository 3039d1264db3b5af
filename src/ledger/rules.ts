/**
 * Ledger rules: which movement debits and credits what. Pure.
 *
 * The provider's balance is what it owes us; gross revenue, refunds, disputes and fees are what happened; the bank
 * is where payouts go; fx stands between two currencies of one movement, so that each currency balances by itself.
 */
import type {
  BalanceTransaction,
  Capture,
  DisputeFact,
  LedgerAccountKind,
  Movement,
  RefundFact,
} from '../domain/money-facts.ts'

export function captureMovement(capture: Capture): Movement {
  return {
    kind: 'capture',
    reference: capture.reference,
    atSeconds: capture.atSeconds,
    answeredAtSeconds: capture.answeredAtSeconds,
    lines: line('provider_balance', 'gross_revenue', capture.amountMinor, capture.currency),
  }
}

/** The fee, in the currency it was taken in, and the exchange where that is not the currency of the capture. */
export function chargeTransactionMovements(
  transaction: BalanceTransaction,
  capture: Capture | undefined,
): Movement[] {
  const { ownerReference: reference, atSeconds, currency } = transaction
  const fee: Movement = {
    kind: 'fee',
    reference,
    atSeconds,
    lines: line('processing_fees', 'provider_balance', transaction.feeMinor, currency),
  }
  if (capture === undefined || capture.currency === currency) return [fee].filter(movesMoney)
  const conversion: Movement = {
    kind: 'conversion',
    reference,
    atSeconds,
    lines: [
      ...line('fx', 'provider_balance', capture.amountMinor, capture.currency),
      ...line('provider_balance', 'fx', transaction.amountMinor, currency),
    ],
  }
  return [fee, conversion].filter(movesMoney)
}

export function refundMovements(refund: RefundFact): Movement[] {
  const { reference, amountMinor, currency } = refund
  // A charge's unitemised refund must not take the name of a refund object.
  const name = refund.kind === 'itemised' ? reference : `unitemised:${reference}`
  const movements: Movement[] = [
    {
      kind: 'refund',
      reference: name,
      atSeconds: refund.atSeconds,
      lines: line('refunds', 'provider_balance', amountMinor, currency),
    },
  ]
  if (refund.failedAtSeconds !== undefined) {
    movements.push({
      kind: 'refund_failure',
      reference: name,
      atSeconds: refund.failedAtSeconds,
      lines: line('provider_balance', 'refunds', amountMinor, currency),
    })
  }
  return movements.filter(movesMoney)
}

export function disputeMovements(dispute: DisputeFact): Movement[] {
  if (dispute.withdrawnAtSeconds === undefined) return []
  const { reference, amountMinor, currency } = dispute
  const movements: Movement[] = [
    {
      kind: 'dispute',
      reference,
      atSeconds: dispute.withdrawnAtSeconds,
      lines: line('disputes', 'provider_balance', amountMinor, currency),
    },
  ]
  if (dispute.wonAtSeconds !== undefined) {
    movements.push({
      kind: 'dispute_reversal',
      reference,
      atSeconds: dispute.wonAtSeconds,
      lines: line('provider_balance', 'disputes', amountMinor, currency),
    })
  }
  for (const one of dispute.transactions) {
    movements.push({
      kind: 'dispute_fee',
      reference: one.transactionReference,
      atSeconds: one.atSeconds,
      lines: line('dispute_fees', 'provider_balance', one.feeMinor, one.currency),
    })
  }
  return movements.filter(movesMoney)
}

export function payoutMovements(payout: {
  providerReference: string
  amountMinor: bigint
  currency: string
  atSeconds: number
  failedAtSeconds: number | undefined
}): Movement[] {
  const { providerReference: reference, amountMinor, currency } = payout
  const movements: Movement[] = [
    {
      kind: 'payout',
      reference,
      atSeconds: payout.atSeconds,
      lines: line('bank', 'provider_balance', amountMinor, currency),
    },
  ]
  if (payout.failedAtSeconds !== undefined) {
    movements.push({
      kind: 'payout_failure',
      reference,
      atSeconds: payout.failedAtSeconds,
      lines: line('provider_balance', 'bank', amountMinor, currency),
    })
  }
  return movements.filter(movesMoney)
}

/** A negative amount (a fee given back) is the opposite movement; zero moves nothing and is no posting. */
function line(
  debit: LedgerAccountKind,
  credit: LedgerAccountKind,
  amountMinor: bigint,
  currency: string,
): Movement['lines'] {
  if (amountMinor === 0n) return []
  return amountMinor > 0n
    ? [{ debit, credit, amountMinor, currency }]
    : [{ debit: credit, credit: debit, amountMinor: -amountMinor, currency }]
}

function movesMoney(movement: Movement): boolean {
  return movement.lines.length > 0
}
