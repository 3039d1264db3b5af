import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { succeeded, writeModule } from '../support/handlers.ts'
import { freePort, startPayonce } from '../support/process.ts'
import { stripeSignature } from '../support/stripe-signature.ts'

const secret = 'whsec_log_0123456789abcdef'
const WAIT_MS = 30_000

test('a log of warnings tells refused webhooks, tries to come as warnings, and what was given up as errors with where', async () => {
  await using module = await writeModule(`
    export const mail = {
      canHandle: () => true,
      handle: async (event) => {
        throw new Error('no mail server')
      },
    }`)
  await using database = await createTestDatabase()
  const port = await freePort()
  const running = startPayonce({
    environment: {
      DATABASE_URL: database.url,
      PORT: String(port),
      STRIPE_WEBHOOK_SECRET: secret,
      PAYONCE_DATA_DIR: module.folder,
      PAYONCE_HANDLERS: module.path,
      EVENT_RETRY_COUNT_MAX: '1',
      LOG_LEVEL: 'warn',
    },
  })
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(async () => {
    running.kill('SIGTERM')
    await running.exited
  })
  await running.ready
  const post = async (name: string, object: object, key: string) => {
    const event = { object: 'event', livemode: false, ...succeeded(name, { ...object }) }
    const body = JSON.stringify(event)
    const answer = await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'stripe-signature': stripeSignature(body, key) },
      body,
    })
    return answer.status
  }
  assert.equal(await post('forged', {}, 'whsec_another_0123456789abcdef'), 400)
  assert.equal(await post('forged', {}, 'whsec_another_0123456789abcdef'), 400)
  assert.equal(await post('good', {}, secret), 200)
  assert.equal(await post('negative', { amount: -500 }, secret), 200)
  const lines = () =>
    running
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  const linesOf = (message: string) => lines().filter((line) => line.message === message)
  await eventually(
    async () => [...linesOf('webhook gave up'), ...linesOf('event handler gave up')].length,
    (count) => count >= 2,
    WAIT_MS,
  )
  const refused = linesOf('webhook refused')
  assert.deepEqual(
    refused.map(({ level, code, count }) => [level, code, count]),
    [['warn', 'signature_mismatch', 1]],
    'once a minute, however often',
  )
  const [core] = linesOf('webhook gave up')
  assert.deepEqual([core.level, core.event_id], ['error', 'evt_negative'])
  assert.equal(core.code, 'event_field_invalid')
  assert.match(core.detail, /\/amount is not an integer of at least 0/)
  const tries = linesOf('event not handled')
  assert.ok(tries.length > 0 && tries.every(({ level, stack }) => level === 'warn' && !stack))
  const [dead] = linesOf('event handler gave up')
  assert.equal(dead.level, 'error')
  assert.match(dead.detail, /^Error: no mail server \(\S+handlers\.mjs:\d+:\d+\)$/)
  assert.match(dead.stack, /^Error: no mail server\n {4}at .*handle .*handlers\.mjs:\d+:\d+/)
})
