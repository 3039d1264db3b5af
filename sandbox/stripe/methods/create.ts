import { operation, show } from '../operation.ts'
import { createMethod, readMethod } from '../payment-methods.ts'

export const createPaymentMethod = operation({
  name: 'payment_methods.create',
  method: 'POST',
  path: '/v1/payment_methods',
  read: readMethod,
  run: (tx, input) => show('payment_method', createMethod(tx, input)),
})
