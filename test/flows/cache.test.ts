import { randomBytes } from 'node:crypto'
import { after } from 'node:test'
import { CACHE_VALUE_BYTES_MAX, type Cache } from '../../src/access/cache.ts'
import { ENCRYPTION_BYTES, encryptCache } from '../../src/cache/encrypted-cache.ts'
import { openMemoryCache } from '../../src/cache/memory-cache.ts'
import { openRedisCache } from '../../src/cache/redis-cache.ts'
import { openRedisConnection, type RedisConnection } from '../../src/cache/redis-connection.ts'
import { SEAL_BYTES, sealCache } from '../../src/cache/sealed-cache.ts'
import { type CacheUnderTest, cacheConformance } from '../conformance/cache.ts'
import { eventually } from '../support/eventually.ts'
import { openTestRedis, type TestRedis } from '../support/redis.ts'

const secret = randomBytes(32)
let redis: TestRedis | string | undefined
let connection: RedisConnection | undefined
after(async () => {
  await connection?.close()
  if (typeof redis === 'object') await redis.close()
})

async function memory(): Promise<CacheUnderTest> {
  const spaces = new Map<string, Cache>()
  let nowMs = 0
  const open = (namespace: string) => {
    const cache = spaces.get(namespace) ?? openMemoryCache({ nowMs: () => nowMs })
    spaces.set(namespace, cache)
    return cache
  }
  const pass = async (ms: number) => {
    nowMs += ms
  }
  return { open, pass, valueBytesMax: CACHE_VALUE_BYTES_MAX }
}

async function shared(): Promise<CacheUnderTest | string> {
  redis ??= await openTestRedis()
  if (typeof redis === 'string') return redis
  const { address, namespace, wipe } = redis
  await wipe()
  // A loaded machine is not what is looked at here.
  connection ??= openRedisConnection({ address, onChange: () => {}, answerMsMax: 10_000 })
  const opened = connection
  await eventually(
    async () => opened.health(),
    ({ ok }) => ok,
    10_000,
  )
  return {
    open: (name) => openRedisCache({ connection: opened, namespace: `${namespace}${name}:` }),
    // Redis keeps its own time; who looks waits for it.
    pass: async () => {},
    valueBytesMax: CACHE_VALUE_BYTES_MAX,
  }
}

async function sealed(): Promise<CacheUnderTest | string> {
  const store = await shared()
  if (typeof store === 'string') return store
  return {
    ...store,
    open: (name) => sealCache(store.open(name), secret),
    valueBytesMax: store.valueBytesMax - SEAL_BYTES,
  }
}

async function encrypted(): Promise<CacheUnderTest | string> {
  const store = await shared()
  if (typeof store === 'string') return store
  return {
    ...store,
    open: (name) => encryptCache(store.open(name), secret),
    valueBytesMax: store.valueBytesMax - ENCRYPTION_BYTES,
  }
}

cacheConformance('memory', memory)
cacheConformance('redis', shared)
cacheConformance('sealed redis', sealed)
cacheConformance('encrypted redis', encrypted)
