import assert from 'node:assert/strict'
import { appendFile, readFile, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDueQueue } from '../../sandbox/due-queue.ts'
import { parseForm } from '../../sandbox/http/form.ts'
import { openSandbox } from '../../sandbox/sandbox.ts'
import { connect } from './support/connect.ts'
import { controlOf, paid } from './support/control.ts'
import { privateFolder } from './support/open.ts'

const journalOf = (dataDir: string) => join(dataDir, 'sandbox', 'journal.ndjson')

test('after a restart everything is as it was: objects, keys, clock, ids', async (t) => {
  const dataDir = await privateFolder(t)
  const first = await openSandbox({ dataDir, seed: 9 })
  const before = connect(first.address)
  const intent = await before.paymentIntents.create(paid, { idempotencyKey: 'kept' })
  await controlOf(first.address).advance(3600)
  const charge = await before.charges.retrieve(String(intent.latest_charge))
  const events = await before.events.list()
  const effects = await controlOf(first.address).effects()
  await first.close()
  const second = await openSandbox({ dataDir, seed: 1, durable: false })
  t.after(() => second.close())
  const after = connect(second.address)
  assert.deepEqual(await after.charges.retrieve(charge.id), charge)
  assert.deepEqual((await after.events.list()).data, events.data)
  assert.deepEqual(await controlOf(second.address).effects(), effects)
  const replayed = await after.paymentIntents.create(paid, { idempotencyKey: 'kept' })
  assert.equal(replayed.lastResponse.headers['idempotent-replayed'], 'true')
  assert.equal(replayed.id, intent.id)
  const { body } = await controlOf(second.address).call('GET', 'clock')
  assert.equal(body.ahead_seconds, 3600)
})

test('a torn last line is cut, and damage before it is not passed over', async (t) => {
  const dataDir = await privateFolder(t)
  const first = await openSandbox({ dataDir })
  const { id } = await connect(first.address).paymentIntents.create(paid)
  await first.close()
  const whole = await stat(journalOf(dataDir))
  await appendFile(journalOf(dataDir), '0badc0de {"puts":[{"kind":"pay')
  const second = await openSandbox({ dataDir })
  assert.equal((await connect(second.address).paymentIntents.retrieve(id)).status, 'succeeded')
  await second.close()
  assert.equal((await stat(journalOf(dataDir))).size, whole.size)
  const bytes = await readFile(journalOf(dataDir))
  bytes[20] = 0x7a
  await writeFile(journalOf(dataDir), bytes)
  await assert.rejects(openSandbox({ dataDir }), /damaged at byte 0/)
  await truncate(journalOf(dataDir))
})

test('a reset forgets everything and begins again with its seed', async (t) => {
  const dataDir = await privateFolder(t)
  const first = await openSandbox({ dataDir, seed: 1 })
  const stripe = connect(first.address)
  const one = await stripe.paymentIntents.create(paid)
  const reset = await controlOf(first.address).call('POST', 'reset', { seed: 2 })
  assert.deepEqual(reset.body, { seed: 2 })
  assert.equal((await stripe.paymentIntents.list()).data.length, 0)
  const two = await stripe.paymentIntents.create(paid)
  assert.notEqual(two.id, one.id)
  await controlOf(first.address).call('POST', 'reset', { seed: 1 })
  assert.equal((await stripe.paymentIntents.create(paid)).id, one.id)
  await first.close()
  const again = await openSandbox({ dataDir })
  t.after(() => again.close())
  assert.equal((await connect(again.address).paymentIntents.list()).data.length, 1)
})

test('what was to come late does not come after a reset', async (t) => {
  const sandbox = await openSandbox()
  t.after(() => sandbox.close())
  const control = controlOf(sandbox.address)
  const operation = 'payment_intents.create'
  await control.faults({ operation, mode: 'effect_late', delay_ms: 200 })
  const impatient = connect(sandbox.address, { timeout: 100 })
  await assert.rejects(impatient.paymentIntents.create(paid))
  const late = performance.now() + 400
  await control.call('POST', 'reset', {})
  while (performance.now() < late) assert.equal((await control.effects()).charges?.length, 0)
})

test('a page of another origin cannot control the sandbox', async (t) => {
  const sandbox = await openSandbox()
  t.after(() => sandbox.close())
  const origin = 'https://elsewhere.example'
  const reset = { method: 'POST', headers: { origin } }
  assert.equal((await fetch(`${sandbox.address}/_sandbox/reset`, reset)).status, 403)
})

test('who does not get the port leaves the journal of the one who has it alone', async (t) => {
  const dataDir = await privateFolder(t)
  const first = await openSandbox({ dataDir })
  t.after(() => first.close())
  await assert.rejects(openSandbox({ dataDir, port: first.port }), /EADDRINUSE/)
  assert.equal((await connect(first.address).paymentIntents.create(paid)).status, 'succeeded')
})

test('what waits is taken in the order of its time, and of its arrival among equals', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (times) => {
      const queue = createDueQueue<number>()
      for (const [index, at] of times.entries()) queue.add(at, index)
      assert.equal(queue.size, times.length)
      const expected = [...times.entries()].sort(([, a], [, b]) => a - b).map(([index]) => index)
      const taken: number[] = []
      for (let due = queue.takeDue(20); due !== undefined; due = queue.takeDue(20))
        taken.push(due.item)
      assert.deepEqual(taken, expected)
      assert.equal(queue.nextAt(), undefined)
    }),
  )
})

test('forms are read as Stripe nests them', () => {
  const plain = (text: string) => JSON.parse(JSON.stringify(parseForm(text)))
  assert.deepEqual(plain('a=1&b[c]=2&b[d][e]=3'), { a: '1', b: { c: '2', d: { e: '3' } } })
  assert.deepEqual(plain('x[]=1&x[]=2'), { x: ['1', '2'] })
  assert.deepEqual(plain('x[0][p]=1&x[1][p]=2'), { x: [{ p: '1' }, { p: '2' }] })
  assert.equal(Object.getPrototypeOf(parseForm('__proto__[a]=1')), null)
  assert.throws(() => parseForm('a=1&a[b]=2'), /Invalid object/)
  assert.throws(() => parseForm('a[b][c][d][e][f][g][h][i]=1'), /nested/i)
})
