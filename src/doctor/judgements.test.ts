/** What the checks make of readings that no test can bring about on a healthy machine. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ServerFacts } from '../store/server-facts.ts'
import { judgeClock } from './check-clock.ts'
import { checkConfiguration } from './check-configuration.ts'
import { checkConnections } from './check-connections.ts'
import { checkDisk, judgeDisk } from './check-disk.ts'
import { checkDurability } from './check-durability.ts'
import { checkNode } from './check-node.ts'
import { judgeQueue } from './check-queue.ts'
import { checkServer } from './check-server.ts'
import { messageOf } from './finding.ts'

const facts: ServerFacts = {
  versionNumber: 180_004,
  version: '18.4',
  settings: {
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    max_connections: '100',
    superuser_reserved_connections: '3',
  },
  connectionCount: 10,
  roleConnectionsMax: -1,
  databaseConnectionsMax: -1,
}
const GIBIBYTE = 1024 ** 3

test('an old Node is told, and a newer one of more digits is not old', () => {
  assert.equal(checkNode('v22.9.0', '>=22.22').status, 'fail')
  assert.equal(checkNode('v20.22.0', '>=22.22').status, 'fail')
  for (const version of ['v22.22.0', 'v22.100.1', 'v24.0.0']) {
    assert.equal(checkNode(version, '>=22.22').status, 'ok', version)
  }
})

test('a disk that fills up is told before it is full', async () => {
  assert.equal(judgeDisk('/data', 100 * GIBIBYTE).status, 'ok')
  assert.equal(judgeDisk('/data', 2 * GIBIBYTE).status, 'warn')
  assert.equal(judgeDisk('/data', GIBIBYTE / 4).status, 'fail')
  assert.match((await checkDisk('/nonexistent')).fix ?? '', /PAYONCE_DATA_DIR/)
})

test('a clock that is off is told with its direction', () => {
  const read = (offsetMs: number) => judgeClock({ roundTripMs: 2, offsetMs })
  assert.equal(read(100).status, 'ok')
  assert.match(read(-5_000).found, /5\.0 s behind ours \(measured to 1 ms\)/)
  assert.equal(read(-5_000).status, 'warn')
  assert.match(read(90_000).found, /90\.0 s ahead of ours/)
  assert.equal(read(90_000).status, 'fail')
})

test('a queue whose head does not move is stuck, one whose head moves is only long', () => {
  const lag = (oldestId: string, oldestDueSeconds: number) => ({
    dueCount: 9,
    oldestDueSeconds,
    oldestId,
  })
  assert.equal(judgeQueue(lag('a', 1), lag('a', 1)).status, 'ok')
  assert.equal(judgeQueue(lag('a', 60), lag('a', 62)).status, 'fail')
  assert.equal(judgeQueue(lag('a', 60), lag('b', 60)).status, 'warn')
  assert.equal(judgeQueue(lag('a', 10), lag('a', 12)).status, 'warn')
})

test('settings that can lose what was acknowledged are told with the command that mends them', () => {
  assert.equal(checkDurability(facts).status, 'ok')
  const settings = { ...facts.settings, fsync: 'off', synchronous_commit: 'off' }
  const finding = checkDurability({ ...facts, settings })
  assert.equal(finding.status, 'fail')
  assert.match(
    finding.fix ?? '',
    /alter system set fsync = on; alter system set synchronous_commit = on;/,
  )
})

test('a server too old, or with too few connections, is told', () => {
  assert.equal(checkServer(facts).status, 'ok')
  assert.equal(checkServer({ ...facts, versionNumber: 140_012, version: '14.12' }).status, 'fail')
  assert.equal(checkConnections(facts, [10, 5]).status, 'ok')
  assert.equal(checkConnections({ ...facts, connectionCount: 90 }, [10, 5]).status, 'warn')
  assert.equal(checkConnections({ ...facts, roleConnectionsMax: 8 }, [10, 5]).status, 'fail')
  assert.equal(checkConnections({ ...facts, databaseConnectionsMax: 8 }, [10, 5]).status, 'fail')
})

test('each wrong setting is a finding with its own fix', () => {
  const problems = [
    { variable: 'PORT', rule: 'must be a number.', fix: 'Correct it.' },
    { variable: 'HOST', rule: 'must be an address.', fix: 'Correct that.' },
  ]
  assert.deepEqual(
    checkConfiguration(problems).map(({ status, fix }) => [status, fix]),
    [
      ['fail', 'Correct it.'],
      ['fail', 'Correct that.'],
    ],
  )
  assert.equal(checkConfiguration([])[0]?.status, 'ok')
})

test('an error about several addresses is told by what each said', () => {
  const error = new AggregateError([new Error('one refused'), new Error('two refused')])
  assert.equal(messageOf(error), 'one refused; two refused')
  assert.equal(messageOf('text'), 'text')
  assert.equal(messageOf(Object.assign(new Error(''), { code: 'EFAULT' })), 'EFAULT')
})
