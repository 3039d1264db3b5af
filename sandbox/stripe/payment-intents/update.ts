import { assertAmount } from '../../currencies.ts'
import { mergeMetadata } from '../../http/params.ts'
import { operation, show } from '../operation.ts'
import { useMethod } from '../payment-methods.ts'
import { assertMay } from './intent-states.ts'
import { readIntentChanges } from './read-intent.ts'

/** Metadata and description may change at any time, the terms only before the payment. */
export const updateIntent = operation({
  name: 'payment_intents.update',
  method: 'POST',
  path: '/v1/payment_intents/:id',
  read: readIntentChanges,
  run: (tx, { method: reference, metadata, extra, ...terms }, id) => {
    const intent = tx.get('payment_intent', id)
    const changed = Object.values(terms).some((value) => value !== undefined)
    if (changed || reference !== undefined) assertMay('update', intent)
    const amount = terms.amount ?? intent.amount
    const currency = terms.currency ?? intent.currency
    assertAmount(amount, currency)
    const method = reference === undefined ? intent.method : useMethod(tx, reference).id
    const isNew = reference !== undefined && intent.status !== 'requires_confirmation'
    const updated = tx.change('payment_intent', intent, {
      amount,
      currency,
      captureMethod: terms.captureMethod ?? intent.captureMethod,
      method,
      status: isNew ? 'requires_confirmation' : intent.status,
      metadata: mergeMetadata(intent.metadata, metadata),
      extra: { ...intent.extra, ...extra },
    })
    return show('payment_intent', updated)
  },
})
