import type { Intent } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { operation, show } from '../operation.ts'
import { assertMay } from './intent-states.ts'
import { releaseHold } from './release-hold.ts'

const reasons = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const

export const cancel = operation({
  name: 'payment_intents.cancel',
  method: 'POST',
  path: '/v1/payment_intents/:id/cancel',
  read: (params) => params.choice('cancellation_reason', reasons) ?? null,
  run: (tx, reason, id) => {
    const intent = tx.get('payment_intent', id)
    assertMay('cancel', intent)
    return show('payment_intent', cancelIntent(tx, intent, reason))
  },
})

export function cancelIntent(tx: Transaction, intent: Intent, reason: string | null): Intent {
  if (intent.status === 'requires_capture' && intent.charge !== null) {
    const held = { ...tx.get('charge', intent.charge), expired: reason === 'automatic' }
    const released = releaseHold(tx, held, held.amount)
    tx.emit(held.expired ? 'charge.expired' : 'charge.refunded', 'charge', released)
  }
  const canceled = tx.change('payment_intent', intent, {
    status: 'canceled',
    capturable: 0,
    canceledAt: tx.nowSeconds,
    cancelReason: reason,
  })
  tx.emit('payment_intent.canceled', 'payment_intent', canceled)
  return canceled
}
