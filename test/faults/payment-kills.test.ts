import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import {
  type Answer,
  assertConsistent,
  charge,
  openPaymentsApp,
  type PaymentsApp,
} from '../support/payments-app.ts'
import { freePort, type PayonceProcess, startPayonce } from '../support/process.ts'

/** A process of its own, so that it can be killed or stopped with a request on the wire. */
async function openVictim(app: PaymentsApp): Promise<PayonceProcess & { url: string }> {
  const port = await freePort()
  const process = startPayonce({
    args: ['--role', 'api'],
    environment: { ...app.environment, PROVIDER_TIMEOUT_MS: '10000', PORT: String(port) },
  })
  await process.ready
  return { ...process, url: `http://127.0.0.1:${port}` }
}

/** Leases are measured by the database's clock, which only tests move. */
const endLeases = (app: PaymentsApp) =>
  app.sql('update clock_offset set seconds = seconds + 30 returning seconds')

const fired = (app: PaymentsApp) =>
  eventually(
    () => app.control('GET', '/faults'),
    ({ faults }) => faults.every(({ armed }: { armed: number }) => armed === 0),
  )

for (const [mode, what] of [
  ['timeout_before', 'before the provider did anything'],
  ['slow', 'after the provider charged, before the answer'],
] as const) {
  test(`a process killed ${what} leaves one charge, and its key is resumed`, async () => {
    await using app = await openPaymentsApp({ role: 'api', webhooks: false })
    const victim = await openVictim(app)
    await app.fault({ operation: 'payment_intents.create', mode, delay_ms: 2_500 })
    const lost = app
      .post('/payments', charge, { key: 'killed', at: victim.url })
      .catch(() => undefined)
    await fired(app)
    victim.kill('SIGKILL')
    await victim.exited
    await lost
    const running = await app.post('/payments', charge, { key: 'killed' })
    assert.equal(running.status, 409, 'its lease is running')
    await endLeases(app)
    const resumed = await eventually(
      () => app.post('/payments', charge, { key: 'killed' }),
      (answer: Answer) => answer.status === 201,
    )
    assert.equal(resumed.body.status, 'succeeded')
    await assertConsistent(app)
    const { charges } = await app.effects()
    assert.equal(charges.length, 1)
  })
}

test('a worker settles what a killed process left, without anybody asking', async () => {
  await using app = await openPaymentsApp({ role: 'api', webhooks: false })
  const victim = await openVictim(app)
  await app.fault({ operation: 'payment_intents.create', mode: 'slow', delay_ms: 2_500 })
  const lost = app.post('/payments', charge, { key: 'left', at: victim.url }).catch(() => undefined)
  await fired(app)
  victim.kill('SIGKILL')
  await victim.exited
  await lost
  const [payment] = await app.sql('select id from payments')
  await endLeases(app)
  await app.start('worker')
  await app.settled(payment.id, ({ status }) => status === 'succeeded')
  await assertConsistent(app)
})

test('a process that slept past its lease finds its work done, and changes nothing', async () => {
  await using app = await openPaymentsApp({ role: 'api', webhooks: false })
  const victim = await openVictim(app)
  await app.fault({ operation: 'payment_intents.create', mode: 'slow', delay_ms: 1_000 })
  const late = app.post('/payments', charge, { key: 'slept', at: victim.url })
  await fired(app)
  victim.kill('SIGSTOP')
  await endLeases(app)
  const resumed = await eventually(
    () => app.post('/payments', charge, { key: 'slept' }),
    (answer: Answer) => answer.status === 201,
  )
  victim.kill('SIGCONT')
  const woken = await late
  assert.equal(woken.text, resumed.text)
  victim.kill('SIGTERM')
  await victim.exited
  await assertConsistent(app)
})

test('a process whose work somebody else has claimed writes nothing of it', async () => {
  await using app = await openPaymentsApp({ role: 'api', webhooks: false })
  await app.fault({ operation: 'payment_intents.create', mode: 'slow', delay_ms: 500 })
  const asked = app.post('/payments', charge, { key: 'claimed' })
  await fired(app)
  await app.sql('update payment_attempts set fence = fence + 1 returning id')
  const answer = await asked
  assert.equal(answer.status, 202, answer.text)
  const [attempt] = await app.sql('select status from payment_attempts')
  assert.equal(attempt.status, 'sent')
  await endLeases(app)
  const resumed = await eventually(
    () => app.post('/payments', charge, { key: 'claimed' }),
    ({ status }: Answer) => status === 201,
  )
  assert.equal(resumed.body.status, 'succeeded')
  await assertConsistent(app)
})
