import { operation, show } from '../operation.ts'

const shown = ['address', 'description', 'email', 'name', 'phone', 'shipping'] as const

export const createCustomer = operation({
  name: 'customers.create',
  method: 'POST',
  path: '/v1/customers',
  read: (params) => ({ extra: params.extra(...shown), metadata: params.metadata() ?? {} }),
  run: (tx, input) => {
    const customer = tx.create('customer', input)
    tx.emit('customer.created', 'customer', customer)
    return show('customer', customer)
  },
})
