import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type GroupCommitOptions, openGroupCommit } from './group-commit.ts'

/** A group whose commits end when the test says so, in the order they began. */
function openHeld(
  options: Partial<GroupCommitOptions<string, string>> = {},
  bounds: Partial<GroupCommitOptions<string, string>['bounds']> = {},
) {
  const commits: string[][] = []
  const gates: PromiseWithResolvers<void>[] = []
  const group = openGroupCommit<string, string>({
    commit: async (items) => {
      commits.push(items)
      const gate = Promise.withResolvers<void>()
      gates.push(gate)
      await gate.promise
      if (items.includes('poison')) throw new Error('poisoned')
      return items.map((item) => (item === 'refused' ? new Error('refused') : `${item} done`))
    },
    isOneAtFault: () => true,
    bounds: { inFlightCountMax: 2, itemCountMax: 100, ...bounds },
    ...options,
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const release = async () => {
    gates.shift()?.resolve()
    await turn()
  }
  return { group, commits, turn, release }
}

test('what waits while two commits are under way shares the next one', async () => {
  const { group, commits, turn, release } = openHeld()
  const first = group.submit('a')
  await turn()
  const second = group.submit('b')
  await turn()
  const waiting = ['c', 'd', 'e'].map(group.submit)
  await turn()
  assert.deepEqual(commits, [['a'], ['b']])
  await release()
  assert.deepEqual(commits, [['a'], ['b'], ['c', 'd', 'e']])
  await release()
  await release()
  assert.deepEqual(await Promise.all([first, second, ...waiting]), [
    ...['a done', 'b done', 'c done', 'd done', 'e done'],
  ])
})

test('a result is given only after the commit it tells of', async () => {
  const { group, turn, release } = openHeld()
  let isGiven = false
  const given = group.submit('a').then(() => {
    isGiven = true
  })
  await turn()
  await turn()
  assert.equal(isGiven, false)
  await release()
  await given
  assert.equal(isGiven, true)
})

test('one that is refused fails alone, and so does one that fails the whole commit', async () => {
  const { group, commits, turn, release } = openHeld()
  const results = Promise.allSettled(['a', 'refused', 'poison', 'b'].map(group.submit))
  await turn()
  for (let count = 0; count < 5; count++) await release()
  assert.deepEqual(
    (await results).map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message)),
    ['a done', 'refused', 'poisoned', 'b done'],
  )
  assert.deepEqual(commits.slice(1), [['a'], ['refused'], ['poison'], ['b']])
})

test('a failure that is nobody’s fault is everybody’s, and nothing is tried again', async () => {
  const { group, commits, turn, release } = openHeld({ isOneAtFault: () => false })
  const results = Promise.allSettled(['a', 'poison'].map(group.submit))
  await turn()
  await release()
  assert.deepEqual(
    (await results).map((one) => one.status),
    ['rejected', 'rejected'],
  )
  assert.equal(commits.length, 1)
})

test('items with a name in common never share a commit, and keep their order', async () => {
  const namesOf = (item: string) => [item.slice(0, 1)]
  const { group, commits, turn, release } = openHeld({ namesOf }, { inFlightCountMax: 1 })
  const all = Promise.all(['a1', 'a2', 'b1', 'a3', 'b2'].map(group.submit))
  await turn()
  for (let count = 0; count < 3; count++) await release()
  await all
  assert.deepEqual(commits, [['a1', 'b1'], ['a2', 'b2'], ['a3']])
})

test('a commit holds no more items and no more weight than its bounds; what is heavier travels alone', async () => {
  const bounds = { inFlightCountMax: 1, itemCountMax: 3, weightMax: 10 }
  const { group, commits, turn, release } = openHeld({ weightOf: (item) => item.length }, bounds)
  const all = Promise.all(
    ['a', 'b', 'c', 'd', 'x'.repeat(20), 'e', 'y'.repeat(9)].map(group.submit),
  )
  await turn()
  for (let count = 0; count < 4; count++) await release()
  await all
  assert.deepEqual(
    commits.map((items) => items.map((item) => item[0]).join('')),
    ['abc', 'd', 'x', 'ey'],
  )
})

test('draining waits for what is under way and for what waits behind it', async () => {
  const { group, turn, release } = openHeld({}, { inFlightCountMax: 1 })
  const first = group.submit('a')
  await turn()
  const all = Promise.all([first, group.submit('b')])
  let isDrained = false
  const drained = group.drain().then(() => {
    isDrained = true
  })
  await release()
  assert.equal(isDrained, false)
  await release()
  await Promise.all([all, drained])
  await openHeld().group.drain()
})
