import { Counter, type Registry } from 'prom-client'

export type CacheMetrics = {
  /** One question to a layer of a cache, or one entry handed to it; `result` is one of the few words a cache knows. */
  cacheRequest(cache: 'callers' | 'answers', layer: string, result: string): void
}

export function createCacheMetrics(registry: Registry): CacheMetrics {
  const requests = new Counter({
    name: 'cache_requests_total',
    help: 'Questions to a layer of a cache, and entries handed to it, by result.',
    labelNames: ['cache', 'layer', 'result'],
    registers: [registry],
  })
  return { cacheRequest: (cache, layer, result) => requests.inc({ cache, layer, result }) }
}
