import { list } from '../list.ts'

const REACH_SECONDS = 30 * 24 * 3600

export const listEvents = list({
  kind: 'event',
  name: 'events',
  path: '/v1/events',
  filter: (params) => ({
    type: params.text('type'),
    types: params.list('types'),
    isDelivered: params.flag('delivery_success'),
  }),
  matches: (event, { type, types, isDelivered }, tx) =>
    event.created > tx.nowSeconds - REACH_SECONDS &&
    (type === undefined || isOfType(event.type, type)) &&
    (types === undefined || types.some((one) => isOfType(event.type, one))) &&
    (isDelivered === undefined || isDelivered === (tx.state.pendingWebhooks(event.id) === 0)),
})

/** `charge.*` stands for every type that begins like this. */
function isOfType(type: string, wanted: string): boolean {
  return wanted === '*' || wanted.endsWith('.*')
    ? type.startsWith(wanted.slice(0, -1))
    : type === wanted
}
