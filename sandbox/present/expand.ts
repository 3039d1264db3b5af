/** `expand[]=latest_charge.balance_transaction`: ids become the objects they name, along a path, four deep. */

import { idPrefixes, type Kind, type Version } from '../store/records.ts'
import { invalid } from '../stripe/errors.ts'
import { present } from './present.ts'
import type { Presenting } from './presenting.ts'

const DEPTH_MAX = 5
type Wire = { [key: string]: unknown }

export function expandPaths(from: Presenting, wire: object, paths: readonly string[]): object {
  for (const path of paths) {
    const parts = path.split('.')
    if (parts.length > DEPTH_MAX) throw invalid('Expansion is at most four levels deep.', 'expand')
    expandAt(from, wire as Wire, parts, path)
  }
  return wire
}

function expandAt(from: Presenting, wire: Wire, [key = '', ...rest]: string[], path: string): void {
  if (wire.object === 'charge' && key === 'refunds') wire.refunds ??= refundsOf(from, wire)
  if (!Object.hasOwn(wire, key))
    throw invalid(`This property cannot be expanded (${path}).`, 'expand')
  const value = wire[key]
  if (typeof value === 'string') wire[key] = lookUp(from, value)
  const found = wire[key]
  if (rest.length === 0 || found === null) return
  for (const inner of Array.isArray(found) ? found : [found])
    if (typeof inner === 'object' && inner !== null) expandAt(from, inner as Wire, rest, path)
}

const REFUND_COUNT_MAX = 10

/** A charge shows its refunds when it is asked to. */
function refundsOf(from: Presenting, { id }: Wire): object {
  const refunds = from.state.children('refund', String(id)).reverse()
  return {
    object: 'list',
    url: `/v1/charges/${id}/refunds`,
    has_more: refunds.length > REFUND_COUNT_MAX,
    data: refunds
      .slice(0, REFUND_COUNT_MAX)
      .map((record) => present(from, { kind: 'refund', record })),
  }
}

const kindByPrefix = new Map(Object.entries(idPrefixes).map(([kind, prefix]) => [prefix, kind]))

function lookUp(from: Presenting, id: string): unknown {
  const kind = kindByPrefix.get(id.slice(0, id.indexOf('_'))) as Kind | undefined
  const record = kind === undefined ? undefined : from.state.find(kind, id)
  return record === undefined ? id : present(from, { kind, record } as Version)
}
