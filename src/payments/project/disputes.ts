import type { DisputeFact } from '../../domain/money-facts.ts'
import type { ObjectView } from '../../domain/provider-object.ts'
import { projectBalanceTransactions } from './captures.ts'

export type ProjectedDispute = DisputeFact & {
  status: string
  reason: string | null
  evidenceDueAtSeconds: number | undefined
  openedAtSeconds: number
}

export function projectDisputes(disputes: ObjectView[]): ProjectedDispute[] {
  return disputes.flatMap((dispute) => {
    const currency = dispute.text('currency')
    const openedAtSeconds = dispute.since.opened
    if (currency === undefined || openedAtSeconds === undefined) return []
    return [
      {
        reference: dispute.reference,
        amountMinor: dispute.amount('amount'),
        currency,
        withdrawnAtSeconds: dispute.since.withdrawn,
        // A dispute that was won and then lost again no longer counts as won: its status decides.
        wonAtSeconds: dispute.text('status') === 'won' ? dispute.since.won : undefined,
        transactions: projectBalanceTransactions(dispute),
        status: dispute.text('status') ?? 'needs_response',
        reason: dispute.text('reason') ?? null,
        evidenceDueAtSeconds: dispute.seconds('evidence_due'),
        openedAtSeconds,
      },
    ]
  })
}

/** Money a dispute holds: taken and not won back. */
export function disputeHoldsMoney(dispute: DisputeFact): boolean {
  return dispute.withdrawnAtSeconds !== undefined && dispute.wonAtSeconds === undefined
}
