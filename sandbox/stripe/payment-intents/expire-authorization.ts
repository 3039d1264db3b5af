import type { Transaction } from '../../store/transaction.ts'
import { cancelIntent } from './cancel.ts'

/** A hold that nobody captured ends by itself. */
export function expireAuthorization(tx: Transaction, id: string): void {
  const intent = tx.get('payment_intent', id)
  if (intent.status === 'requires_capture') cancelIntent(tx, intent, 'automatic')
}
