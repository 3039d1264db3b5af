/** Instances of one installation that remember answers, each in its memory and all in one Redis. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { eventually } from './eventually.ts'
import { type Answer, charge, openPaymentsApp, type PaymentsApp } from './payments-app.ts'
import { openTestRedis } from './redis.ts'

export type Instance = {
  at: string
  post: PaymentsApp['post']
  hits: () => Promise<number>
  replays: () => Promise<number>
  /** questions to a layer of the cache of answers, and entries handed to it */
  results: (layer: 'memory' | 'redis', result: string) => Promise<number>
  /** Names of the statements that ran meanwhile; without those of the scrape, and of API keys, read now and then. */
  statementsOf: (work: () => Promise<unknown>) => Promise<string[]>
}

export type AnswerInstances = Awaited<ReturnType<typeof openAnswerInstances>>

export const newKey = () => `key-${randomBytes(8).toString('hex')}`

export async function openAnswerInstances() {
  const installation = `answers-test-${randomBytes(6).toString('hex')}`
  const redis = await openTestRedis()
  const environment: Record<string, string> = {
    INSTALLATION_ID: installation,
    ...(typeof redis === 'object' && { REDIS_URL: redis.url }),
  }
  const app = await openPaymentsApp({ role: 'api', webhooks: false, environment })
  const keysOf = async (pattern: string) =>
    typeof redis === 'object' ? redis.client.keys(pattern) : []
  const entries = () => keysOf(`idempotency:${installation}:*`)
  const wipe = async () => {
    const keys = await keysOf(`*:${installation}:*`)
    if (keys.length > 0 && typeof redis === 'object') await redis.client.unlink(keys)
  }
  const untilRedisAnswers = (at: string) =>
    eventually(
      async () => (await app.get('/ready', { at })).body.checks.redis?.ok ?? true,
      (ok) => ok === true,
      20_000,
    )
  return {
    ...{ redis, app, environment, entries, wipe },
    first: instanceAt(app, app.url),
    /** another one, with an empty memory; it knows its caller, and Redis answers it */
    openInstance: async (): Promise<Instance> => {
      const { url = '' } = await app.start('api')
      await app.get('/payments', { at: url })
      await untilRedisAnswers(url)
      return instanceAt(app, url)
    },
    /** A payment whose answer is in Redis. On a loaded machine an entry may be given up, so it may take several. */
    pay: async (body: object = charge): Promise<{ key: string; first: Answer; entry: string }> => {
      await untilRedisAnswers(app.url)
      for (let repeat = 0; repeat < 10; repeat++) {
        const known = new Set(await entries())
        const key = newKey()
        const first = await app.post('/payments', body, { key })
        assert.equal(first.status, 201, first.text)
        const added = async () => (await entries()).find((entry) => !known.has(entry))
        const entry = await eventually(added, (found) => found !== undefined, 2_000).catch(() => '')
        if (entry) return { key, first, entry }
      }
      return assert.fail('no answer is kept in Redis')
    },
    assertChargedOnce: async ({ body }: Answer): Promise<void> => {
      const { charges } = await app.effects()
      const mine = charges.filter(
        (one: { payment_intent: string }) => one.payment_intent === body.stripe_payment_intent_id,
      )
      assert.equal(mine.length, 1)
      const rows = await app.sql('select id from payments where idempotency_key = $1', [
        body.idempotency_key,
      ])
      assert.deepEqual(rows, [{ id: body.id }])
    },
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]()
      await wipe()
      if (typeof redis === 'object') await redis.close()
    },
  }
}

function instanceAt(app: PaymentsApp, at: string): Instance {
  const scrape = async () => (await app.get('/metrics', { at })).text
  const countOf = async (series: string) => {
    const line = (await scrape()).split('\n').find((text) => text.startsWith(`${series} `))
    return Number(line?.split(' ')[1] ?? 0)
  }
  const statements = async () => {
    const told = (await scrape()).matchAll(
      /^db_query_duration_seconds_count\{statement="(\w+)"\} (\d+)$/gm,
    )
    return new Map([...told].map(([, name = '', count]) => [name, Number(count)]))
  }
  return {
    at,
    post: (path, body, more) => app.post(path, body, { ...more, at }),
    hits: () => countOf('idempotency_cache_hits_total'),
    replays: () => countOf('idempotency_replays_total'),
    results: (layer, result) =>
      countOf(`cache_requests_total{cache="answers",layer="${layer}",result="${result}"}`),
    statementsOf: async (work) => {
      const before = await statements()
      await work()
      return [...(await statements())]
        .filter(([name, count]) => count !== (before.get(name) ?? 0))
        .map(([name]) => name)
        .filter((name) => !/depth|^api_keys_/.test(name))
    },
  }
}

export function assertReplay(repeat: Answer, first: Answer): void {
  assert.equal(repeat.text, first.text)
  assert.equal(repeat.status, first.status)
  assert.equal(repeat.headers.get('idempotency-replayed'), 'true')
  for (const name of ['content-type', 'location', 'idempotency-key']) {
    assert.equal(repeat.headers.get(name), first.headers.get(name))
  }
}
