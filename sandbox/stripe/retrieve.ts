import type { Kind } from '../store/records.ts'
import { operation, show } from './operation.ts'

/** `GET /v1/<objects>/:id`, the same for every kind. */
export function retrieve(name: string, path: string, kind: Kind) {
  return operation({
    name: `${name}.retrieve`,
    method: 'GET',
    path: `${path}/:id`,
    read: (params) => params.ignore('client_secret'),
    run: (tx, _, id) => show(kind, tx.get(kind, id)),
  })
}
