import { declineMessages } from '../decline-messages.ts'
import { StripeError } from '../errors.ts'
import { operation, show } from '../operation.ts'
import { cardOf, useMethod } from '../payment-methods.ts'

/** The one declining card that can be attached, and fails when it is charged. */
const ATTACHABLE = 'chargeCustomerFail'

export const attachMethod = operation({
  name: 'payment_methods.attach',
  method: 'POST',
  path: '/v1/payment_methods/:id/attach',
  read: (params) => params.required('customer'),
  run: (tx, customer, id) => {
    tx.get('customer', customer, 'customer')
    const method = useMethod(tx, id)
    const card = cardOf(method)
    if (card.behavior === 'decline' && card.name !== ATTACHABLE) {
      const { code, declineCode } = card
      const message = declineMessages[declineCode ?? code ?? ''] ?? 'Your card was declined.'
      throw new StripeError(
        402,
        'card_error',
        message,
        { ...(code && { code }), declineCode },
        true,
      )
    }
    const attached = tx.change('payment_method', method, { customer })
    tx.emit('payment_method.attached', 'payment_method', attached)
    return show('payment_method', attached)
  },
})

export const detachMethod = operation({
  name: 'payment_methods.detach',
  method: 'POST',
  path: '/v1/payment_methods/:id/detach',
  read: () => undefined,
  run: (tx, _, id) => {
    const detached = tx.change('payment_method', tx.get('payment_method', id), { customer: null })
    tx.emit('payment_method.detached', 'payment_method', detached)
    return show('payment_method', detached)
  },
})
