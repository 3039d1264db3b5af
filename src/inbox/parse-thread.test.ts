import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DomainError } from '../domain/errors.ts'
import { openParseThread, type ParseThreadBounds } from './parse-thread.ts'

const bounds: ParseThreadBounds = { parseMsMax: 10_000, waitMsMax: 10_000, waitingCountMax: 4 }
const event = (id: string) => ({
  provider: 'stripe' as const,
  body: Buffer.from(JSON.stringify({ id, type: 'a', created: 1, data: { object: {} } })),
})
// Takes the parser a second or so.
const endless = {
  provider: 'stripe' as const,
  body: Buffer.from(`[${'1.5e3,'.repeat(8_000_000)}1]`),
}

const codeOf = (error: unknown) => (error instanceof DomainError ? error.code : String(error))

test('bodies come back as envelopes, each to its own caller, and errors with their field', async () => {
  const thread = openParseThread(bounds)
  const [first, bad, second] = await Promise.allSettled([
    thread.parse(event('evt_1')),
    thread.parse(event('')),
    thread.parse(event('evt_2')),
  ])
  assert.equal(first.status === 'fulfilled' && first.value.eventId, 'evt_1')
  assert.equal(second.status === 'fulfilled' && second.value.eventId, 'evt_2')
  assert.ok(bad.status === 'rejected' && bad.reason instanceof DomainError)
  assert.deepEqual(bad.reason.errors?.[0]?.pointer, '/id')
  await thread.close()
})

test('a body that takes too long is given up with its thread, and the next one is read by a new thread', async () => {
  const thread = openParseThread({ ...bounds, parseMsMax: 400 })
  const [slow, next] = await Promise.allSettled([
    thread.parse(endless),
    thread.parse(event('evt_1')),
  ])
  assert.equal(slow.status === 'rejected' && codeOf(slow.reason), 'parser_overloaded')
  assert.equal(next.status === 'fulfilled' && next.value.eventId, 'evt_1')
  await thread.close()
})

test('waiting is bounded in number and in time, and ends when the server stops', async () => {
  const thread = openParseThread({ ...bounds, waitMsMax: 50, waitingCountMax: 1 })
  const stopped = assert.rejects(thread.parse(endless), { code: 'parser_overloaded' })
  const waited = assert.rejects(thread.parse(event('evt_1')), { code: 'parser_overloaded' })
  await assert.rejects(thread.parse(event('evt_2')), { code: 'parser_overloaded' })
  await waited
  await thread.close()
  await stopped
})
