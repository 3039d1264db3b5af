import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { type Database, openDatabase } from '../../src/store/db.ts'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { succeeded, writeModule } from '../support/handlers.ts'
import { freePort, type PayonceProcess, startPayonce } from '../support/process.ts'
import { stripeSignature } from '../support/stripe-signature.ts'

const secret = 'whsec_handlers_0123456789abcdef'
const apiKey = 'payonce_test_handlers0123456789abcdefghijklm'
const WAIT_MS = 30_000

/** Payonce processes over one database, with a module of handlers; all of them gone afterwards. */
async function openInstallation(source: string) {
  const cleanup = new AsyncDisposableStack()
  const test = cleanup.use(await createTestDatabase())
  const module = cleanup.use(await writeModule(source))
  const database = cleanup.use(
    openDatabase({ url: test.url, poolSize: 1, applicationName: 'test' }),
  )
  const processes: PayonceProcess[] = []
  cleanup.defer(async () => {
    for (const one of processes) one.kill('SIGTERM')
    for (const one of processes) await one.exited
  })
  const start = async (role: string, changed: Record<string, string> = {}) => {
    const port = await freePort()
    const environment = {
      DATABASE_URL: test.url,
      PORT: String(port),
      STRIPE_WEBHOOK_SECRET: secret,
      BOOTSTRAP_API_KEY: apiKey,
      PAYONCE_DATA_DIR: module.folder,
      PAYONCE_HANDLERS: module.path,
      ...changed,
    }
    const started = startPayonce({ args: ['--role', role], environment })
    processes.push(started)
    await started.ready
    return { ...started, url: `http://127.0.0.1:${port}`, environment }
  }
  return { database, module, start, [Symbol.asyncDispose]: () => cleanup.disposeAsync() }
}

/** As a provider does: until somebody says 200. */
async function deliver(url: string, names: string[]): Promise<void> {
  for (const name of names) {
    const body = JSON.stringify({ object: 'event', livemode: false, ...succeeded(name) })
    const post = async () => {
      const headers = { 'stripe-signature': stripeSignature(body, secret) }
      const answer = await fetch(`${url}/webhooks/stripe`, { method: 'POST', headers, body })
      await answer.text()
      return answer.status
    }
    await eventually(post, (status) => status === 200, WAIT_MS)
  }
}

const read = async (url: string, path: string) => {
  const answer = await fetch(`${url}${path}`, { headers: { 'x-api-key': apiKey } })
  return { status: answer.status, text: await answer.text() }
}

const count = async (database: Database, table: 'handler_runs' | 'payments') => {
  const text = `select count(*)::int as n from ${table}`
  return (await database.query<{ n: number }>({ name: `count_${table}`, text })).rows[0]?.n
}

const isAlive = (pid: number | undefined) => {
  try {
    return process.kill(pid ?? 0, 0)
  } catch {
    return false
  }
}

test('killed after a handler’s effect and before its mark, it calls the handler again: at least once', async () => {
  await using installation = await openInstallation(`
    import { existsSync } from 'node:fs'
    export const act = every('act', async () => {
      while (!existsSync(new URL('./go', import.meta.url))) await new Promise((r) => setTimeout(r, 10))
    })`)
  const { database, module, start } = installation
  const first = await start('all')
  await deliver(first.url, ['one'])
  await eventually(
    async () => module.calls().length,
    (calls) => calls === 1,
    WAIT_MS,
  )
  first.kill('SIGKILL')
  await first.exited
  await eventually(
    async () => isAlive(module.calls()[0]?.pid),
    (alive) => !alive,
    WAIT_MS,
  )
  module.signal('go')
  assert.equal(await count(database, 'handler_runs'), 1, 'the run survived')
  // Its lease would run out in 20 s; the clock is moved instead.
  await database.query({ name: 'move', text: 'update clock_offset set seconds = 30' })
  await start('worker')
  await eventually(
    () => count(database, 'handler_runs'),
    (left) => left === 0,
    WAIT_MS,
  )
  const [before, after] = module.calls()
  assert.equal(module.calls().length, 2)
  assert.equal(before?.id, after?.id, 'the same id to be idempotent by')
  assert.equal(await count(database, 'payments'), 1)
})

test('a handler that blocks delays neither the core nor another handler, and does not outlive a killed Payonce', async () => {
  await using installation = await openInstallation(`
    export const stuck = every('stuck', () => { for (;;); })
    export const fine = every('fine')
    export const blind = { onEventReceived() { for (;;); }, onEventProcessed() {}, onError() {} }`)
  const { database, module, start } = installation
  const all = await start('all')
  const names = Array.from({ length: 20 }, (_, index) => `n${index}`)
  await deliver(all.url, names)
  await eventually(
    () => count(database, 'payments'),
    (payments) => payments === 20,
    WAIT_MS,
  )
  const done = () => module.calls().filter((call) => call.handler === 'fine').length
  await eventually(
    async () => done(),
    (calls) => calls === 20,
    WAIT_MS,
  )
  const { text } = await read(all.url, '/handler-runs?handler=stuck&status=waiting&limit=100')
  assert.equal(JSON.parse(text).items.length, 20)
  const figures = JSON.parse((await read(all.url, '/webhook-metrics')).text)
  assert.equal(figures.eventCount, 20)
  assert.equal(figures.successRate + figures.errorRate, 1)
  assert.ok(figures.responseTime > 0 && figures.processingTime > 0)
  const metrics = (await read(all.url, '/metrics')).text
  assert.match(metrics, /handler_runs_total\{handler="fine",outcome="handled"\} 20/)
  assert.match(metrics, /handler_duration_seconds_count\{handler="fine"\} 20/)
  assert.match(metrics, /handler_queue_depth\{handler="stuck"\} 20/)
  assert.match(metrics, /handler_dead_letter_depth\{handler="fine"\} 0/)
  const stuck = module.calls().find((call) => call.handler === 'stuck')
  assert.ok(isAlive(stuck?.pid))
  all.kill('SIGKILL')
  await all.exited
  await eventually(
    async () => isAlive(stuck?.pid),
    (alive) => !alive,
    WAIT_MS,
  )
})

test('two processes share the handler’s work, and without a failure each event is handled once', async () => {
  await using installation = await openInstallation(`
    export const slow = every('slow', () => new Promise((resolve) => setTimeout(resolve, 30)))`)
  const { database, module, start } = installation
  const api = await start('api')
  await start('worker')
  await start('worker')
  // A worker without the setting writes what is owed all the same.
  await start('worker', { PAYONCE_HANDLERS: '' })
  const names = Array.from({ length: 120 }, (_, index) => `n${index}`)
  await deliver(api.url, names)
  await eventually(
    async () => module.calls().length,
    (calls) => calls >= 120,
    WAIT_MS,
  )
  await eventually(
    () => count(database, 'handler_runs'),
    (left) => left === 0,
    WAIT_MS,
  )
  const events = module.calls().map((call) => call.event)
  assert.equal(events.length, 120)
  assert.equal(new Set(events).size, 120)
  assert.equal(new Set(module.calls().map((call) => call.pid)).size, 2)
})

test('a module that cannot be used stops the start with one error that names it and says why', async () => {
  await using module = await writeModule(`throw new Error('no such mail server')`)
  await using database = await createTestDatabase()
  const started = startPayonce({
    environment: {
      DATABASE_URL: database.url,
      PAYONCE_HANDLERS: module.path,
      PAYONCE_DATA_DIR: module.folder,
      PORT: '0',
    },
  })
  assert.equal(await started.exited, 1)
  const [told, line] = started
    .output()
    .trim()
    .split(/:(?=\d+:\d+\)$)/)
  assert.equal(
    told,
    `PAYONCE_HANDLERS: ${module.path} cannot be used: Error: no such mail server (${module.path}`,
  )
  assert.match(line ?? '', /^\d+:\d+\)$/)
})

test('the command line lists what each handler is owed, and forgets one when told so', async () => {
  await using installation = await openInstallation(`
    export const gone = every('gone', () => { throw new Error('always') })
    export const kept = every('kept')`)
  const { database, module, start } = installation
  const { url, environment } = await start('all')
  await deliver(url, ['one'])
  await eventually(
    async () => module.callsOf('evt_one').length,
    (calls) => calls >= 2,
    WAIT_MS,
  )
  const bin = resolve(import.meta.dirname, '../../bin/payonce.js')
  const run = (...args: string[]) =>
    promisify(execFile)(process.execPath, [bin, 'handlers', ...args], { env: environment })
  assert.match(
    (await run('list')).stdout,
    /HANDLER +WAITING +DEAD[\s\S]*gone +1 +0[\s\S]*kept +0 +0/,
  )
  await assert.rejects(
    run('remove', 'gone', '--yes'),
    (error: { code: number; stderr: string }) => {
      assert.equal(error.code, 1)
      assert.match(error.stderr, /A process that has gone was seen at .+ --force does not wait/)
      return true
    },
  )
  const forced = await run('remove', 'gone', '--yes', '--force', '--reason', 'renamed')
  assert.match(forced.stdout, /gone is forgotten, with 1 event that waits and 0 events given up/)
  assert.equal(await count(database, 'handler_runs'), 0)
  const bare = await start('worker', { PAYONCE_HANDLERS: '' })
  const warned = () =>
    bare
      .output()
      .split('\n')
      .filter((line) => line.includes('events collect for a registered event handler'))
      .map((line) => JSON.parse(line).handler)
  assert.deepEqual(
    await eventually(
      async () => warned(),
      (names) => names.length > 0,
      WAIT_MS,
    ),
    ['kept'],
    'a start without a module tells whose events it does not deliver',
  )
  const failsWith = (code: number) => (error: { code: number }) => error.code === code
  await assert.rejects(run('remove', 'gone', '--yes'), failsWith(3))
  await assert.rejects(run('remove'), failsWith(2))
})
