import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DomainError } from '../domain/errors.ts'
import { openParseThread, type ParseThreadBounds } from './parse-thread.ts'

const bounds: ParseThreadBounds = { parseMsMax: 10_000, waitMsMax: 10_000, waitingCountMax: 4 }
const event = (id: string) => ({
  provider: 'stripe' as const,
  body: Buffer.from(JSON.stringify({ id, type: 'a', created: 1, data: { object: {} } })),
})
/** A parser that never comes back from a body of more than 100 bytes. */
const stuckParser = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', ({ body }) => {
      while (body.length > 100);
      parentPort.postMessage({ envelope: { eventId: 'evt_read' } })
    })`)}`,
)
const endless = { provider: 'stripe' as const, body: Buffer.alloc(101) }

const codeOf = (error: unknown) => (error instanceof DomainError ? error.code : String(error))

test('bodies come back as envelopes, each to its own caller, and errors with their field', async () => {
  await using thread = openParseThread(bounds)
  const [first, bad, second] = await Promise.allSettled([
    thread.parse(event('evt_1')),
    thread.parse(event('')),
    thread.parse(event('evt_2')),
  ])
  assert.equal(first.status === 'fulfilled' && first.value.eventId, 'evt_1')
  assert.equal(second.status === 'fulfilled' && second.value.eventId, 'evt_2')
  assert.ok(bad.status === 'rejected' && bad.reason instanceof DomainError)
  assert.deepEqual(bad.reason.errors?.[0]?.pointer, '/id')
})

test('a body that takes too long is given up with its thread, and the next one is read by a new thread', async () => {
  await using thread = openParseThread({ ...bounds, parseMsMax: 400 }, stuckParser)
  const [slow, next] = await Promise.allSettled([
    thread.parse(endless),
    thread.parse(event('evt_1')),
  ])
  assert.equal(slow.status === 'rejected' && codeOf(slow.reason), 'parser_overloaded')
  assert.equal(next.status === 'fulfilled' && next.value.eventId, 'evt_read')
})

test('waiting is bounded in number and in time, and ends when the server stops', async () => {
  await using thread = openParseThread(
    { ...bounds, waitMsMax: 50, waitingCountMax: 1 },
    stuckParser,
  )
  const stopped = assert.rejects(thread.parse(endless), { code: 'parser_overloaded' })
  const waited = assert.rejects(thread.parse(event('evt_1')), { code: 'parser_overloaded' })
  await assert.rejects(thread.parse(event('evt_2')), { code: 'parser_overloaded' })
  await waited
  await thread.close()
  await stopped
})

test('an idle parser lets the process end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'payonce-parser-'))
  const program = join(folder, 'program.mjs')
  await writeFile(
    program,
    `import { openParseThread } from '${new URL('./parse-thread.ts', import.meta.url)}'
    const body = Buffer.from('{"id":"evt_1","type":"a","created":1,"data":{"object":{}}}')
    const { eventId } = await openParseThread().parse({ provider: 'stripe', body })
    process.stdout.write(eventId)`,
  )
  const ended = spawnSync(process.execPath, [program], { timeout: 20_000 })
  await rm(folder, { recursive: true })
  assert.deepEqual([ended.stdout.toString(), ended.status], ['evt_1', 0])
})
