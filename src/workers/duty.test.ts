import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSupervisor } from './supervisor.ts'

const FAR_AWAY_MS = 3_600_000

test('an idle duty takes its next turn when it is woken, not before', async () => {
  let turns = 0
  const second = Promise.withResolvers<void>()
  const takeTurn = async () => {
    turns++
    if (turns === 2) second.resolve()
    return 'idle' as const
  }
  const supervisor = startSupervisor([{ name: 'one', pollMs: FAR_AWAY_MS, takeTurn }], () => {})
  supervisor.wake('other')
  await new Promise(setImmediate)
  assert.equal(turns, 1)
  supervisor.wake('one')
  await second.promise
  await supervisor.stop()
  assert.equal(turns, 2)
})

test('a wake-up during a turn is not lost', async () => {
  let turns = 0
  const done = Promise.withResolvers<void>()
  const supervisor = startSupervisor(
    [
      {
        name: 'one',
        pollMs: FAR_AWAY_MS,
        takeTurn: async () => {
          await new Promise(setImmediate)
          turns++
          if (turns === 1) supervisor.wake('one')
          else done.resolve()
          return 'idle'
        },
      },
    ],
    () => {},
  )
  await done.promise
  await supervisor.stop()
})

test('a duty that lets work gather takes its next turn only then, however often it is woken', async () => {
  const startedAt: number[] = []
  const third = Promise.withResolvers<void>()
  const takeTurn = async () => {
    startedAt.push(performance.now())
    supervisor?.wake('one')
    if (startedAt.length === 3) third.resolve()
    return startedAt.length < 3 ? ('gather' as const) : ('idle' as const)
  }
  let supervisor: ReturnType<typeof startSupervisor> | undefined
  supervisor = startSupervisor(
    [{ name: 'one', pollMs: FAR_AWAY_MS, gatherMs: 30, takeTurn }],
    () => {},
  )
  await third.promise
  await supervisor.stop()
  const [first = 0, , last = 0] = startedAt
  // Timers drop fractions and may fire early.
  assert.ok(last - first >= 50, `two rests took ${last - first} ms`)
})

test('a duty at rest stops at once', async () => {
  const turned = Promise.withResolvers<void>()
  const takeTurn = async () => {
    turned.resolve()
    return 'gather' as const
  }
  const duty = { name: 'one', pollMs: FAR_AWAY_MS, gatherMs: FAR_AWAY_MS, takeTurn }
  const supervisor = startSupervisor([duty], () => {})
  await turned.promise
  await new Promise(setImmediate)
  await supervisor.stop()
})

test('a turn that does not come to its end is told as stalled, until it does', async () => {
  const held = Promise.withResolvers<'idle'>()
  const supervisor = startSupervisor(
    [
      { name: 'one', pollMs: FAR_AWAY_MS, turnMsMax: 5, takeTurn: () => held.promise },
      { name: 'two', pollMs: FAR_AWAY_MS, takeTurn: async () => 'idle' },
    ],
    () => {},
  )
  while (supervisor.health().ok) await new Promise(setImmediate)
  assert.deepEqual(supervisor.health(), { ok: false, detail: 'stalled: one' })
  held.resolve('idle')
  await new Promise(setImmediate)
  assert.deepEqual(supervisor.health(), { ok: true, detail: '2 duties running' })
  await supervisor.stop()
})

test('an error is told, pauses the duty, and is over with the next good turn', async () => {
  const errors: unknown[] = []
  let turns = 0
  const good = Promise.withResolvers<void>()
  const supervisor = startSupervisor(
    [
      {
        name: 'one',
        pollMs: FAR_AWAY_MS,
        takeTurn: async () => {
          turns++
          if (turns === 1) throw new Error('away')
          good.resolve()
          return 'idle'
        },
      },
    ],
    (_duty, error) => errors.push(error),
  )
  await new Promise(setImmediate)
  assert.deepEqual(supervisor.health(), { ok: false, detail: 'failing: one' })
  supervisor.wake('one')
  await good.promise
  await new Promise(setImmediate)
  assert.equal(supervisor.health().ok, true)
  assert.equal(errors.length, 1)
  await supervisor.stop()
})
