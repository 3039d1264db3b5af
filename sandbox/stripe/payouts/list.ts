import { list } from '../list.ts'

export const listPayouts = list({
  kind: 'payout',
  name: 'payouts',
  path: '/v1/payouts',
  filter: (params) => {
    params.ignore('arrival_date')
    return { status: params.text('status'), destination: params.text('destination') }
  },
  matches: (payout, { status, destination }) =>
    (status === undefined || payout.status === status) &&
    (destination === undefined || payout.destination === destination),
})
