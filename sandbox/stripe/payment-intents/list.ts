import { list } from '../list.ts'

export const listIntents = list({
  kind: 'payment_intent',
  name: 'payment_intents',
  path: '/v1/payment_intents',
  filter: (params) => params.text('customer'),
  matches: (intent, customer) => customer === undefined || intent.extra.customer === customer,
})
