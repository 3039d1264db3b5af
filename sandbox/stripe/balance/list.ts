import { list } from '../list.ts'

export const listBalanceTransactions = list({
  kind: 'balance_transaction',
  name: 'balance_transactions',
  path: '/v1/balance_transactions',
  filter: (params) => ({
    currency: params.text('currency')?.toLowerCase(),
    payout: params.text('payout'),
    source: params.text('source'),
    type: params.text('type'),
  }),
  matches: (one, { currency, payout, source, type }) =>
    (currency === undefined || one.currency === currency) &&
    (payout === undefined || one.payout === payout) &&
    (source === undefined || one.source === source) &&
    (type === undefined || one.type === type),
})
