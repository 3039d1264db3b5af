/** What one process has to find out who calls: its own memory, a shared Redis, the database; with everything counted. */
import { type Authenticate, createAuthenticate } from '../../src/access/api-keys.ts'
import { openRecentCallers } from '../../src/access/recent-callers.ts'
import { openMemoryCache } from '../../src/cache/memory-cache.ts'
import { openRedisCache } from '../../src/cache/redis-cache.ts'
import { openRedisConnection, type RedisAddress } from '../../src/cache/redis-connection.ts'
import { sealCache } from '../../src/cache/sealed-cache.ts'
import type { Queryable } from '../../src/store/db.ts'

export type CallerInstance = {
  authenticate: Authenticate
  /** authenticates the bearer of this key text */
  call(keyText: string): ReturnType<Authenticate>
  /** statements the database was asked */
  askedCount(): number
  /** `layer result` -> how often */
  results: Map<string, number>
  countOf(result: string): number
  changes: Array<{ ok: boolean; detail: string }>
  health(): { ok: boolean; detail: string }
  close(): Promise<void>
}

export function openCallerInstance(options: {
  database: Queryable
  address: RedisAddress
  namespace: string
  secret: Buffer
  nowMs?: () => number
  answerMsMax?: number
}): CallerInstance {
  const { database, address, namespace, secret, nowMs = () => performance.now() } = options
  const { answerMsMax } = options
  const changes: CallerInstance['changes'] = []
  const results = new Map<string, number>()
  let asked = 0
  const connection = openRedisConnection({
    address,
    onChange: (change) => changes.push(change),
    ...(answerMsMax !== undefined && { answerMsMax }),
  })
  const recent = openRecentCallers({
    nowMs,
    onResult: (layer, result) => {
      const name = `${layer} ${result}`
      results.set(name, (results.get(name) ?? 0) + 1)
    },
    layers: [
      { name: 'memory', cache: openMemoryCache({ nowMs }) },
      { name: 'redis', cache: sealCache(openRedisCache({ connection, namespace }), secret) },
    ],
  })
  const counting: Queryable = {
    query: (statement) => {
      asked += 1
      return database.query(statement)
    },
  }
  const authenticate = createAuthenticate({ database: counting, recent })
  return {
    authenticate,
    call: (keyText) => authenticate({ authorization: `Bearer ${keyText}` }),
    askedCount: () => asked,
    results,
    countOf: (result) => results.get(result) ?? 0,
    changes,
    health: connection.health,
    close: connection.close,
  }
}
