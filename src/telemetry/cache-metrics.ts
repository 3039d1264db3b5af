import { Counter, type Registry } from 'prom-client'

export type CacheMetrics = {
  /** One question to a layer of the cache, or one entry handed to it; `result` is one of the few words the cache knows. */
  cacheRequest(layer: string, result: string): void
}

export function createCacheMetrics(registry: Registry): CacheMetrics {
  const requests = new Counter({
    name: 'cache_requests_total',
    help: 'Questions to a layer of the cache of API callers, and entries handed to it, by result.',
    labelNames: ['layer', 'result'],
    registers: [registry],
  })
  return { cacheRequest: (layer, result) => requests.inc({ layer, result }) }
}
