/**
 * Movements of money, derived from facts and ready to be booked. One movement is one journal entry; its reference
 * is the provider's own, so that the same fact told by two events is the same movement.
 * Amounts are minor units of `currency`; times are seconds of the provider's clock.
 */
export type Movement = {
  kind: MovementKind
  reference: string
  atSeconds: number
  /** when an answer of the provider told it; what is booked at this time is booked right, too */
  answeredAtSeconds?: number | undefined
  lines: MovementLine[]
}

export type MovementLine = {
  debit: LedgerAccountKind
  credit: LedgerAccountKind
  amountMinor: bigint
  currency: string
}

export const movementKinds = [
  'capture',
  'fee',
  'conversion',
  'refund',
  'refund_failure',
  'dispute',
  'dispute_reversal',
  'dispute_fee',
  'payout',
  'payout_failure',
] as const
export type MovementKind = (typeof movementKinds)[number]

export const ledgerAccountKinds = [
  'provider_balance',
  'gross_revenue',
  'refunds',
  'disputes',
  'processing_fees',
  'dispute_fees',
  'fx',
  'bank',
] as const
export type LedgerAccountKind = (typeof ledgerAccountKinds)[number]

export type Capture = {
  reference: string
  amountMinor: bigint
  currency: string
  atSeconds: number
  answeredAtSeconds?: number | undefined
}

/** What the provider took from, or exchanged of, one movement on our balance there. */
export type BalanceTransaction = {
  /** the charge or dispute it belongs to */
  ownerReference: string
  transactionReference: string
  amountMinor: bigint
  feeMinor: bigint
  currency: string
  atSeconds: number
}

export type RefundFact = {
  kind: 'itemised' | 'unitemised'
  reference: string
  amountMinor: bigint
  currency: string
  atSeconds: number
  /** set once the refund failed or was canceled */
  failedAtSeconds: number | undefined
}

export type DisputeFact = {
  reference: string
  amountMinor: bigint
  currency: string
  /** set once the money was taken: an inquiry takes none */
  withdrawnAtSeconds: number | undefined
  wonAtSeconds: number | undefined
  transactions: BalanceTransaction[]
}
