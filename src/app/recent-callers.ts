import { createHmac } from 'node:crypto'
import { type CacheLayer, openRecentCallers, type RecentCallers } from '../access/recent-callers.ts'
import { openMemoryCache } from '../cache/memory-cache.ts'
import { openRedisCache } from '../cache/redis-cache.ts'
import { openRedisConnection } from '../cache/redis-connection.ts'
import { sealCache } from '../cache/sealed-cache.ts'
import type { Config } from '../config/config.ts'
import { revealRedisNode, showRedisNode } from '../config/redis.ts'
import type { Queryable } from '../store/db.ts'
import { ensureInstallationSecret } from '../store/installation-secrets.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

export type OpenRecentCallers = {
  recent: RecentCallers
  /** undefined: no Redis is configured */
  redisHealth: (() => { ok: boolean; detail: string }) | undefined
  close(): Promise<void>
}

/** Callers remembered in this process and, where Redis is configured, in the first server that is listed. */
export async function openCallerLayers(deps: {
  config: Config
  database: Queryable
  logger: Pick<Logger, 'info' | 'warn'>
  metrics: Pick<Metrics, 'cacheRequest'>
}): Promise<OpenRecentCallers> {
  const nowMs = () => performance.now()
  const memory = { name: 'memory', cache: openMemoryCache({ nowMs }) }
  const open = (layers: CacheLayer[]) =>
    openRecentCallers({ layers, nowMs, onResult: deps.metrics.cacheRequest })
  const [node] = deps.config.redis
  if (node === undefined) {
    return { recent: open([memory]), redisHealth: undefined, close: async () => {} }
  }
  const secret = await ensureInstallationSecret(deps.database, 'cache_seal')
  const namespace = `payonce:${deps.config.installationId ?? nameOf(secret)}:callers:`
  const connection = openRedisConnection({
    address: revealRedisNode(node),
    onChange: ({ ok, detail }) => {
      const told = { redis: showRedisNode(node), detail }
      if (ok) deps.logger.info(told, 'redis is back')
      else deps.logger.warn(told, 'redis is away, going on without it')
    },
  })
  const redis = {
    name: 'redis',
    cache: sealCache(openRedisCache({ connection, namespace }), secret),
  }
  return {
    recent: open([memory, redis]),
    redisHealth: connection.health,
    close: connection.close,
  }
}

/** For an installation that was given no id: a name that says nothing of the secret it is made from. */
function nameOf(secret: Buffer): string {
  return createHmac('sha256', secret).update('payonce cache namespace').digest('hex').slice(0, 16)
}
