import type { Intent } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { declineMessages } from '../decline-messages.ts'
import { tryCharge } from '../payment-intents/charge-intent.ts'

export const challengeOutcomes = ['complete', 'fail'] as const
export type ChallengeOutcome = (typeof challengeOutcomes)[number]

/** The cardholder has answered the bank. Answered again, nothing happens: the intent has moved on. */
export function finishChallenge(
  tx: Transaction,
  intent: Intent,
  outcome: ChallengeOutcome,
): Intent {
  if (intent.status !== 'requires_action' || intent.method === null) return intent
  const method = tx.get('payment_method', intent.method)
  if (outcome === 'complete') {
    tryCharge(tx, intent, method, true)
    return tx.get('payment_intent', intent.id)
  }
  const code = 'payment_intent_authentication_failure'
  const failed = tx.change('payment_intent', intent, {
    status: 'requires_payment_method',
    method: null,
    error: {
      code,
      declineCode: null,
      message: declineMessages[code] ?? code,
      charge: null,
      method: method.id,
    },
  })
  tx.emit('payment_intent.payment_failed', 'payment_intent', failed)
  return failed
}
