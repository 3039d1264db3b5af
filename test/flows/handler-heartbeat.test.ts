import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { listHandlers, registerHandlers } from '../../src/store/event-handlers.ts'
import { handlerHeartbeat } from '../../src/workers/handler-heartbeat.ts'
import { openInbox } from '../support/inbox.ts'

const sql = (inbox: Awaited<ReturnType<typeof openInbox>>, text: string) =>
  inbox.database.query({ name: `test_${createHash('md5').update(text).digest('hex')}`, text })

test('a process says that it has its handlers, and tells once when one of them was removed', async () => {
  await using inbox = await openInbox()
  await registerHandlers(inbox.database, ['kept', 'gone'])
  await sql(inbox, `update event_handlers set started_at = 'epoch', seen_at = 'epoch'`)
  const removed: string[] = []
  const { takeTurn } = handlerHeartbeat({
    database: inbox.database,
    names: ['kept', 'gone'],
    onRemoved: (name) => removed.push(name),
  })
  await takeTurn()
  const seen = await listHandlers(inbox.database)
  assert.ok(seen.every(({ silentSeconds }) => silentSeconds < 45))
  assert.deepEqual(removed, [])
  await sql(inbox, `delete from event_handlers where name = 'gone'`)
  await takeTurn()
  await takeTurn()
  assert.deepEqual(removed, ['gone'])
  await registerHandlers(inbox.database, ['gone'])
  await takeTurn()
  await sql(inbox, `delete from event_handlers where name = 'gone'`)
  await takeTurn()
  assert.deepEqual(removed, ['gone', 'gone'])
})
