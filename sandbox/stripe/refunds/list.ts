import { list } from '../list.ts'

export const listRefunds = list({
  kind: 'refund',
  name: 'refunds',
  path: '/v1/refunds',
  filter: (params) => ({ charge: params.text('charge'), intent: params.text('payment_intent') }),
  candidates: (tx, { charge, intent }) => {
    const parent = charge ?? intent
    return parent === undefined ? undefined : tx.state.children('refund', parent).reverse()
  },
  matches: (refund, { charge, intent }) =>
    (charge === undefined || refund.charge === charge) &&
    (intent === undefined || refund.intent === intent),
})
