/**
 * `GET /v1/payment_intents/search`. What it shows lags: each intent is seen as it was up to a minute ago, by its own
 * chance, so that nobody takes search for reading what was just written.
 */
import type { Intent } from '../../store/records.ts'
import { invalid } from '../errors.ts'
import { readPage } from '../list.ts'
import { operation } from '../operation.ts'
import { parseQuery } from '../search/parse-query.ts'

const LAG_MS_MAX = 60_000

export const searchIntents = operation({
  name: 'payment_intents.search',
  method: 'GET',
  path: '/v1/payment_intents/search',
  read: (params) => ({
    matches: parseQuery(params.required('query'), fieldOf),
    limit: readPage(params).limit,
    page: params.text('page'),
  }),
  run: (tx, { matches, limit, page }) => {
    const before = page === undefined ? undefined : Number(page)
    if (before !== undefined && !Number.isInteger(before)) throw invalid('Invalid page', 'page')
    const found: Intent[] = []
    for (const { id, n } of tx.state.newest('payment_intent', before)) {
      const lagMs = tx.chance.between('search_lag', n, 0, LAG_MS_MAX)
      const seen = tx.state.findAt('payment_intent', id, tx.nowMs - lagMs)
      if (seen !== undefined && matches(seen)) found.push(seen)
      if (found.length > limit) break
    }
    const shown = found.slice(0, limit)
    const hasMore = found.length > limit
    return {
      list: shown.map((record) => ({ kind: 'payment_intent' as const, record })),
      hasMore,
      nextPage: hasMore ? String(shown.at(-1)?.n) : null,
    }
  },
})

function fieldOf(intent: Intent, field: string): string | number | undefined {
  switch (field) {
    case 'amount':
    case 'created':
    case 'currency':
    case 'status':
      return intent[field]
    case 'customer':
      return typeof intent.extra.customer === 'string' ? intent.extra.customer : undefined
    default: {
      const key = /^metadata\[(["'])(.*)\1\]$/.exec(field)?.[2]
      if (key === undefined)
        throw invalid(`Field \`${field}\` is an unsupported search field.`, 'query')
      return Object.hasOwn(intent.metadata, key) ? intent.metadata[key] : undefined
    }
  }
}
