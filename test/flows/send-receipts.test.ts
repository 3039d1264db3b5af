import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { loadModule } from '../../src/handlers/load-module.ts'
import { registerHandlers } from '../../src/store/event-handlers.ts'
import { openRunners, succeeded } from '../support/handlers.ts'
import { openInbox } from '../support/inbox.ts'

const example = resolve(import.meta.dirname, '../../examples/send-receipts.ts')

test('the example sends one receipt for each payment, although the mail service fails after the first try', async () => {
  const sent = new Map<string, { to: string; text: string }>()
  let requests = 0
  // As a mail service does: a repeat of a key is the same e-mail.
  const mail = createServer(async (request, response) => {
    const key = String(request.headers['idempotency-key'])
    sent.set(key, JSON.parse(await text(request)))
    response.writeHead(requests++ === 0 ? 500 : 200).end()
  }).listen(0, '127.0.0.1')
  await once(mail, 'listening')
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => void mail.close())
  process.env.MAIL_API_URL = `http://127.0.0.1:${(mail.address() as AddressInfo).port}`
  cleanup.defer(() => {
    delete process.env.MAIL_API_URL
  })

  const { handlers, observers } = await loadModule(example)
  assert.deepEqual([handlers, observers], [['sendReceipt'], ['tellErrors']])
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, handlers)
  await inbox.store([
    succeeded('with', { receipt_email: 'jo@example.com', amount_received: 123456 }),
    succeeded('yen', { receipt_email: 'yo@example.com', amount_received: 700, currency: 'jpy' }),
    succeeded('without'),
  ])
  await inbox.drain()
  await using runners = openRunners(inbox, example, 'sendReceipt')
  await runners.until(
    () => runners.settled.filter((one) => /handled|declined/.test(one.outcome)).length,
    (done) => done === 3,
  )
  assert.equal(requests, 3)
  const mails = [...sent.values()].map(
    (one) => `${one.to}: ${/received (.*?)\./s.exec(one.text)?.[1]}`,
  )
  assert.equal(sent.size, 2)
  assert.match(mails.toSorted().join(), /^jo@example\.com: USD 1234,yo@example\.com: JPY 700$/)
  assert.match([...sent.values()].map((one) => one.text).join(), /USD 1234\.56\. Payment pay_/)
})
