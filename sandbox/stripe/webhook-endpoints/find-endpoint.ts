import type { Endpoint } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { resourceMissing } from '../errors.ts'

/** A deleted endpoint keeps its ordinal, and is gone for everybody else. */
export function findEndpoint(tx: Transaction, id: string): Endpoint {
  const endpoint = tx.get('webhook_endpoint', id)
  if (endpoint.deleted) throw resourceMissing('webhook_endpoint', id)
  return endpoint
}
