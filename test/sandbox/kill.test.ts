import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { readEnvironment } from '../../sandbox/environment.ts'
import { eventually } from '../support/eventually.ts'
import { connect } from './support/connect.ts'
import { controlOf, paid } from './support/control.ts'
import { privateFolder } from './support/open.ts'
import { startSandbox } from './support/process.ts'

const ROUND_COUNT = 3
const CALLER_COUNT = 16
const ACKNOWLEDGED_COUNT = 120

test('killed in the middle of load, every acknowledged effect is there exactly once', async (t) => {
  const dataDir = await privateFolder(t)
  const acknowledged = new Map<string, string>()
  const sent = new Set<string>()
  for (let round = 0; round < ROUND_COUNT; round++) {
    const sandbox = await startSandbox({ SANDBOX_DATA_DIR: dataDir })
    const stripe = connect(sandbox.address)
    const target = acknowledged.size + ACKNOWLEDGED_COUNT
    let isKilled = false
    const callers = Array.from({ length: CALLER_COUNT }, async (_, caller) => {
      for (let index = 0; !isKilled; index++) {
        const key = `${round}-${caller}-${index}`
        sent.add(key)
        try {
          const params = { ...paid, metadata: { key } }
          const { id } = await stripe.paymentIntents.create(params, { idempotencyKey: key })
          acknowledged.set(key, id)
        } catch {
          // The process is gone: whether this one had an effect is what the next life tells.
        }
        if (acknowledged.size >= target && !isKilled) {
          isKilled = true
          await sandbox.end('SIGKILL')
        }
      }
    })
    await Promise.all(callers)
  }
  const sandbox = await startSandbox({ SANDBOX_DATA_DIR: dataDir })
  const { charges = [] } = await controlOf(sandbox.address).effects()
  const byKey = new Map<string, string>()
  for (const { metadata, payment_intent } of charges) {
    const { key = '' } = metadata as { key?: string }
    assert.ok(!byKey.has(key), `two effects of ${key}`)
    assert.ok(sent.has(key))
    byKey.set(key, String(payment_intent))
  }
  assert.ok(acknowledged.size >= ROUND_COUNT * ACKNOWLEDGED_COUNT)
  for (const [key, id] of acknowledged) assert.equal(byKey.get(key), id)
  // Whoever repeats a key that was never answered gets one effect, old or new.
  const stripe = connect(sandbox.address)
  for (const key of sent)
    await stripe.paymentIntents.create({ ...paid, metadata: { key } }, { idempotencyKey: key })
  const after = await controlOf(sandbox.address).effects()
  assert.equal(after.charges?.length, sent.size)
  assert.equal(await sandbox.end('SIGTERM'), 0)
})

test('a forked sandbox tells where it is, and ends with whoever forked it', async (t) => {
  const env = { ...process.env, SANDBOX_PORT: '0', SANDBOX_DATA_DIR: await privateFolder(t) }
  const child = fork(resolve(import.meta.dirname, '../../sandbox/main.ts'), { env, silent: true })
  const exited = once(child, 'exit')
  const [{ address }] = (await once(child, 'message')) as [{ address: string }]
  assert.equal((await connect(address).paymentIntents.create(paid)).status, 'succeeded')
  const told = await fetch(`${address}/_sandbox/pid`)
  assert.equal(await told.text(), `${child.pid}\n`)
  child.disconnect()
  assert.deepEqual(await exited, [0, null])
})

test('told to end while calls and webhooks hang, it ends by itself and has what it acknowledged', {
  timeout: 60_000,
}, async (t) => {
  const dataDir = await privateFolder(t)
  // Takes what it is sent and never answers.
  const stuck = createServer().listen(0, '127.0.0.1')
  t.after(() => stuck.closeAllConnections())
  t.after(() => stuck.close())
  await once(stuck, 'listening')
  const env = {
    SANDBOX_PORT: '0',
    SANDBOX_DATA_DIR: dataDir,
    SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${(stuck.address() as AddressInfo).port}/`,
    SANDBOX_WEBHOOK_SECRET: 'whsec_stuck',
  }
  const child = fork(resolve(import.meta.dirname, '../../sandbox/main.ts'), { env, silent: true })
  const exited = once(child, 'exit')
  const [{ address }] = (await once(child, 'message')) as [{ address: string }]
  const stripe = connect(address)
  const told = once(stuck, 'request')
  const { id } = await stripe.paymentIntents.create(paid)
  await told
  await controlOf(address).faults({ operation: 'payment_intents.create', mode: 'timeout_after' })
  const unanswered = stripe.paymentIntents.create(paid).then(
    () => 'answered',
    () => 'not answered',
  )
  await eventually(
    () => controlOf(address).effects(),
    ({ charges = [] }) => charges.length === 2,
    10_000,
  )
  child.kill('SIGTERM')
  assert.deepEqual(await exited, [0, null], 'it needs no second word from whoever forked it')
  assert.equal(await unanswered, 'not answered')
  const again = await startSandbox({ SANDBOX_DATA_DIR: dataDir })
  assert.equal((await connect(again.address).paymentIntents.retrieve(id)).status, 'succeeded')
  assert.equal((await controlOf(again.address).effects()).charges?.length, 2)
  assert.equal(await again.end('SIGTERM'), 0)
})

test('the environment is checked whole', () => {
  assert.deepEqual(readEnvironment({}), {
    port: 12111,
    seed: 1,
    durable: true,
    dataDir: '.payonce',
  })
  const set = readEnvironment({
    SANDBOX_PORT: '1',
    SANDBOX_SEED: '7',
    SANDBOX_DURABLE: 'off',
    SANDBOX_DATA_DIR: 'here',
    SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:1/',
    SANDBOX_WEBHOOK_SECRET: 'whsec_x',
  })
  assert.deepEqual([set.port, set.seed, set.durable, set.dataDir], [1, 7, false, 'here'])
  assert.throws(
    () =>
      readEnvironment({
        SANDBOX_PORT: '70000',
        SANDBOX_SEED: 'x',
        SANDBOX_DURABLE: 'maybe',
        SANDBOX_WEBHOOK_URL: 'nowhere',
      }),
    /SANDBOX_PORT.*\nSANDBOX_SEED.*\nSANDBOX_DURABLE.*\nSANDBOX_WEBHOOK_URL must be.*\n.*go together/,
  )
})
