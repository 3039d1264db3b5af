import { list } from '../list.ts'

export const listCharges = list({
  kind: 'charge',
  name: 'charges',
  path: '/v1/charges',
  filter: (params) => ({
    customer: params.text('customer'),
    intent: params.text('payment_intent'),
  }),
  candidates: (tx, { intent }) =>
    intent === undefined ? undefined : tx.state.children('charge', intent).reverse(),
  matches: (charge, { customer, intent }) =>
    (customer === undefined || charge.customer === customer) &&
    (intent === undefined || charge.intent === intent),
})
