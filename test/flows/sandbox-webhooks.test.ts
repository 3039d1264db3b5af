import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSandbox } from '../../sandbox/sandbox.ts'
import { connect } from '../sandbox/support/connect.ts'
import { controlOf, paid } from '../sandbox/support/control.ts'
import { eventually } from '../support/eventually.ts'
import { startPayonce } from '../support/process.ts'

const secret = 'whsec_sandbox_and_payonce'

test('webhooks of the sandbox, doubled and out of order, become what really happened', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'payonce-sandbox-flow-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const payonce = startPayonce({
    environment: { PAYONCE_DATA_DIR: folder, PORT: '0', STRIPE_WEBHOOK_SECRET: secret },
  })
  t.after(async () => {
    payonce.kill('SIGTERM')
    await payonce.exited
  })
  await payonce.ready
  const { url, testKey } = JSON.parse(await readFile(join(folder, 'credentials.json'), 'utf8')) as {
    url: string
    testKey: string
  }
  const read = async (path: string) => {
    const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${testKey}` } })
    return ((await answer.json()) as { items: Record<string, unknown>[] }).items
  }
  const sandbox = await openSandbox({
    webhookUrl: `${url}/webhooks/stripe`,
    webhookSecret: secret,
  })
  t.after(() => sandbox.close())
  const stripe = connect(sandbox.address)
  const control = controlOf(sandbox.address)
  await control.call('POST', 'webhooks', { duplicate: 0.3, delay_ms: [0, 100], shuffle: true })

  for (let index = 0; index < 5; index++) await stripe.paymentIntents.create(paid)
  const refunded = await stripe.paymentIntents.create(paid)
  await stripe.refunds.create({ payment_intent: refunded.id, amount: 300 })
  const failing = { ...paid, payment_method: 'pm_card_refundFail' }
  const failed = await stripe.paymentIntents.create(failing)
  await stripe.refunds.create({ payment_intent: failed.id })
  const held = { ...paid, capture_method: 'manual' as const }
  const part = await stripe.paymentIntents.create(held)
  await stripe.paymentIntents.capture(part.id, { amount_to_capture: 600 })
  const canceled = await stripe.paymentIntents.create(held)
  await stripe.paymentIntents.cancel(canceled.id)
  const declining = { ...paid, payment_method: 'pm_card_chargeDeclined' }
  await stripe.paymentIntents.create(declining).catch(() => undefined)
  await stripe.paymentIntents.create({ ...paid, payment_method: 'pm_card_createDispute' })
  await control.advance(60)

  const { charges = [], refunds = [] } = await control.effects()
  const sum = (amounts: unknown[]) => amounts.reduce((total: number, one) => total + Number(one), 0)
  const gross = sum(charges.map(({ amount_captured }) => amount_captured))
  const returned = sum(
    refunds.filter(({ status }) => status === 'succeeded').map(({ amount }) => amount),
  )
  assert.deepEqual([gross, returned], [8600, 300])
  await eventually(
    async () => (await control.call('GET', 'webhooks')).body.counts as Record<string, number>,
    ({ waiting }) => waiting === 0,
  )
  await eventually(
    () => read('/revenue'),
    ([usd]) =>
      usd?.gross_cents === gross && usd.refunds_cents === returned && usd.disputes_cents === 1000,
  )
  const payments = await read('/payments?limit=100')
  const statuses = payments.map(({ status }) => String(status)).sort()
  assert.deepEqual(statuses, [
    'canceled',
    'requires_payment_method',
    ...Array.from({ length: 9 }, () => 'succeeded'),
  ])
})
