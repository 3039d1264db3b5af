import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { payonce as runCommand } from '../support/command-line.ts'
import { eventually } from '../support/eventually.ts'
import { startPayonce } from '../support/process.ts'

type Payment = { id: string; status: string; amount_received_cents: number }

test('without a key, npm start brings a provider: a payment, its webhooks, and neither is lost with the provider', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'payonce-sandbox-'))
  const environment = { PAYONCE_DATA_DIR: folder, PORT: '0', SANDBOX_PORT: '0', LOG_LEVEL: 'error' }
  const payonce = startPayonce({ environment })
  try {
    await payonce.ready
    const { url, testKey } = JSON.parse(await readFile(join(folder, 'credentials.json'), 'utf8'))
    const sandbox = /sandbox for Stripe +(\S+)/.exec(payonce.output())?.[1]
    assert.ok(sandbox)
    const ask = async (path: string, body?: object) => {
      const response = await fetch(`${url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as Payment }
    }
    const payonceAs = (...argv: string[]) => runCommand({ PAYONCE_DATA_DIR: folder }, ...argv)
    const wish = { user_id: 'test_user_123', currency: 'USD', confirm: true }
    const paid = await ask('/payments', {
      ...wish,
      amount_cents: 1000,
      payment_method: 'pm_card_visa',
    })
    assert.equal(paid.status, 201)
    assert.equal(paid.body.status, 'succeeded')

    // It has its effect, and the answer is lost.
    await fetch(`${sandbox}/_sandbox/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ operation: 'payment_intents.create', mode: 'reset', times: 4 }),
    })
    const lost = await ask('/payments', {
      ...wish,
      amount_cents: 2000,
      payment_method: 'pm_card_visa',
      reference: 'order_1',
    })
    assert.ok([201, 202].includes(lost.status), JSON.stringify(lost))
    await eventually(
      () => ask(`/payments/${lost.body.id}`),
      ({ body }) => body.status === 'succeeded',
      30_000,
    )
    const effects = await (await fetch(`${sandbox}/_sandbox/effects`)).json()
    assert.equal((effects as { charges: unknown[] }).charges.length, 2)

    const shown = await payonceAs('payments', 'show', 'order_1')
    assert.match(shown.stdout, new RegExp(`^${lost.body.id} .*succeeded`), 'by its reference')
    const told = await payonceAs('trigger', 'charge.refunded', '--payment', 'order_1')
    assert.equal(told.code, 2)
    assert.match(told.stderr, /made at the sandbox.*POST \/payments\/pay_/)

    const events = await ask('/provider-events?type=payment_intent.succeeded')
    assert.ok((events.body as unknown as { items: unknown[] }).items.length >= 1)
    payonce.kill('SIGTERM')
    assert.equal(await payonce.exited, 0)
    await assert.rejects(fetch(`${sandbox}/_sandbox/effects`), 'the provider does not outlive us')
  } finally {
    payonce.kill('SIGKILL')
    await payonce.exited
    await rm(folder, { recursive: true, force: true })
  }
})
