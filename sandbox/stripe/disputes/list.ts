import { list } from '../list.ts'

export const listDisputes = list({
  kind: 'dispute',
  name: 'disputes',
  path: '/v1/disputes',
  filter: (params) => ({ charge: params.text('charge'), intent: params.text('payment_intent') }),
  candidates: (tx, { charge, intent }) => {
    const parent = charge ?? intent
    return parent === undefined ? undefined : tx.state.children('dispute', parent).reverse()
  },
  matches: (dispute, { charge, intent }) =>
    (charge === undefined || dispute.charge === charge) &&
    (intent === undefined || dispute.intent === intent),
})
