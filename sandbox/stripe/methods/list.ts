import { list } from '../list.ts'

export const listMethods = list({
  kind: 'payment_method',
  name: 'payment_methods',
  path: '/v1/payment_methods',
  filter: (params) => {
    params.ignore('type')
    return params.text('customer')
  },
  matches: (method, customer) => method.customer !== null && method.customer === customer,
})
