import { assertUnit } from '../../currencies.ts'
import { mergeMetadata } from '../../http/params.ts'
import type { Charge, Intent } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { invalid, refused } from '../errors.ts'
import { operation, show } from '../operation.ts'
import { followCharge } from './follow-charge.ts'
import { assertMay } from './intent-states.ts'
import { releaseHold } from './release-hold.ts'

/** Takes all or part of the hold; the rest is let go. */
export const capture = operation({
  name: 'payment_intents.capture',
  method: 'POST',
  path: '/v1/payment_intents/:id/capture',
  read: (params) => {
    params.ignore('final_capture', 'statement_descriptor', 'statement_descriptor_suffix')
    return { amount: params.integer('amount_to_capture'), metadata: params.metadata() }
  },
  run: (tx, { amount: asked, metadata }, id) => {
    const intent = tx.get('payment_intent', id)
    assertMay('capture', intent)
    const amount = asked ?? intent.capturable
    assertUnit(amount, intent.currency)
    if (amount < 1) throw invalid('amount_to_capture must be positive', 'amount_to_capture')
    if (amount > intent.capturable)
      throw refused(
        `The requested capture amount (${amount}) is greater than the amount you can capture (${intent.capturable}).`,
        'amount_too_large',
        { param: 'amount_to_capture' },
      )
    const charge = captureCharge(tx, intent, amount)
    const paid = tx.change('payment_intent', intent, {
      status: 'succeeded',
      capturable: 0,
      received: amount,
      metadata: mergeMetadata(intent.metadata, metadata),
    })
    tx.emit('payment_intent.succeeded', 'payment_intent', paid)
    followCharge(tx, charge)
    return show('payment_intent', paid)
  },
})

function captureCharge(tx: Transaction, intent: Intent, amount: number): Charge {
  const held = tx.get('charge', intent.charge ?? '')
  const captured = tx.change('charge', held, { captured: amount })
  const charge = amount < held.amount ? releaseHold(tx, captured, held.amount - amount) : captured
  tx.emit('charge.captured', 'charge', charge)
  return charge
}
