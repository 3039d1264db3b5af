import type { Dispute } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { reinstate, withdraw } from './open-dispute.ts'

/** The bank decides by `uncategorized_text`, as in Stripe's test mode; without one of the two words it ponders on. */
export function decideDispute(tx: Transaction, id: string): void {
  const dispute = tx.get('dispute', id)
  const verdict = dispute.evidence.uncategorized_text
  if (verdict !== 'winning_evidence' && verdict !== 'losing_evidence') return
  const isWon = verdict === 'winning_evidence'
  if (dispute.status === 'warning_under_review') decideInquiry(tx, dispute, isWon)
  if (dispute.status !== 'under_review') return
  if (!isWon) {
    close(tx, dispute, 'lost')
    return
  }
  const won = tx.change('dispute', reinstate(tx, dispute), { status: 'won' })
  tx.emit('charge.dispute.funds_reinstated', 'dispute', won)
  tx.emit('charge.dispute.closed', 'dispute', won)
}

/** An inquiry that does not convince becomes a dispute, and takes the money. */
function decideInquiry(tx: Transaction, dispute: Dispute, isWon: boolean): void {
  if (isWon) {
    close(tx, dispute, 'warning_closed')
    return
  }
  const escalated = tx.change('dispute', withdraw(tx, dispute), { status: 'needs_response' })
  tx.emit('charge.dispute.updated', 'dispute', escalated)
  tx.emit('charge.dispute.funds_withdrawn', 'dispute', escalated)
}

export function close(tx: Transaction, dispute: Dispute, status: 'lost' | 'warning_closed'): void {
  tx.emit('charge.dispute.closed', 'dispute', tx.change('dispute', dispute, { status }))
}
