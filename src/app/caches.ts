import { createHmac } from 'node:crypto'
import { type CacheLayer, openRecentCallers, type RecentCallers } from '../access/recent-callers.ts'
import { encryptCache } from '../cache/encrypted-cache.ts'
import { openMemoryCache } from '../cache/memory-cache.ts'
import { openRecentAnswers } from '../cache/recent-answers.ts'
import { openRedisCache } from '../cache/redis-cache.ts'
import { openRedisConnection } from '../cache/redis-connection.ts'
import { sealCache } from '../cache/sealed-cache.ts'
import type { Config } from '../config/config.ts'
import { revealRedisNode, showRedisNode } from '../config/redis.ts'
import type { RecentAnswers } from '../payments/recent-answers.ts'
import type { Queryable } from '../store/db.ts'
import { ensureInstallationSecret } from '../store/installation-secrets.ts'
import { readIncarnation } from '../store/read-incarnation.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

export type Caches = {
  callers: RecentCallers
  answers: RecentAnswers
  /** undefined: no Redis is configured */
  redisHealth: (() => { ok: boolean; detail: string }) | undefined
  close(): Promise<void>
}

/** Most entries have about a kilobyte; a few large ones meet the bound on bytes. */
const ANSWERS_IN_MEMORY = { entryCountMax: 20_000, byteCountMax: 16 * 1024 * 1024 }

/** Callers and answers, remembered in this process and, where Redis is configured, in the first server that is listed. */
export async function openCaches(deps: {
  config: Config
  database: Queryable
  logger: Pick<Logger, 'info' | 'warn'>
  metrics: Pick<Metrics, 'cacheRequest'>
}): Promise<Caches> {
  const { config, database, logger, metrics } = deps
  const nowMs = () => performance.now()
  const open = (shared?: { callers: CacheLayer; answers: CacheLayer }) => {
    const layersOf = (cache: 'callers' | 'answers', bounds: object) => {
      const memory = { name: 'memory', cache: openMemoryCache({ nowMs, ...bounds }) }
      return {
        layers: shared === undefined ? [memory] : [memory, shared[cache]],
        onResult: (layer: string, result: string) => metrics.cacheRequest(cache, layer, result),
      }
    }
    return {
      callers: openRecentCallers({ ...layersOf('callers', {}), nowMs }),
      answers: openRecentAnswers({ ...layersOf('answers', ANSWERS_IN_MEMORY), wallMs: Date.now }),
    }
  }
  const [node] = config.redis
  if (node === undefined) return { ...open(), redisHealth: undefined, close: async () => {} }

  const secret = await ensureInstallationSecret(database, 'cache_seal')
  const installation = config.installationId ?? nameOf(secret)
  // A database that was restored has forgotten some payments; what was answered of them is not to be believed.
  const incarnation = await readIncarnation(database)
  const answersSecret = macOf(secret, `payonce answers of ${incarnation}`)
  const connection = openRedisConnection({
    address: revealRedisNode(node),
    onChange: ({ ok, detail }) => {
      const told = { redis: showRedisNode(node), detail }
      if (ok) logger.info(told, 'redis is back')
      else logger.warn(told, 'redis is away, going on without it')
    },
  })
  const redis = (namespace: string) => openRedisCache({ connection, namespace })
  const callers = sealCache(redis(`payonce:${installation}:callers:`), secret)
  const answers = encryptCache(redis(`idempotency:${installation}:`), answersSecret)
  return {
    ...open({
      callers: { name: 'redis', cache: callers },
      answers: { name: 'redis', cache: answers },
    }),
    redisHealth: connection.health,
    close: connection.close,
  }
}

/** For an installation that was given no id: a name that says nothing of the secret it is made from. */
function nameOf(secret: Buffer): string {
  return macOf(secret, 'payonce cache namespace').toString('hex').slice(0, 16)
}

function macOf(secret: Buffer, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest()
}
