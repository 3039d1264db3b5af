import type { Intent } from '../../store/records.ts'
import { operation, show } from '../operation.ts'
import { createMethod, useMethod } from '../payment-methods.ts'
import { confirmIntent } from './confirm.ts'
import { readNewIntent } from './read-intent.ts'

export const createIntent = operation({
  name: 'payment_intents.create',
  method: 'POST',
  path: '/v1/payment_intents',
  read: readNewIntent,
  run: (tx, input) => {
    const { confirmation, confirms, ...fields } = input
    if (typeof input.extra.customer === 'string')
      tx.get('customer', input.extra.customer, 'customer')
    const { newMethod, method: reference } = confirmation
    const method =
      newMethod !== undefined
        ? createMethod(tx, newMethod)
        : reference !== undefined
          ? useMethod(tx, reference)
          : undefined
    const status: Intent['status'] =
      method === undefined ? 'requires_payment_method' : 'requires_confirmation'
    const intent = tx.create('payment_intent', {
      ...fields,
      status,
      method: method?.id ?? null,
      capturable: 0,
      received: 0,
      charge: null,
      returnUrl: null,
      error: null,
      canceledAt: null,
      cancelReason: null,
    })
    tx.emit('payment_intent.created', 'payment_intent', intent)
    if (!confirms) return show('payment_intent', intent)
    return confirmIntent(tx, intent, { ...confirmation, method: undefined, newMethod: undefined })
  },
})
