import assert from 'node:assert/strict'
import { test } from 'node:test'
import { healthChecker } from './health-checker.ts'

test('a dependency that goes and comes back is told once each', async () => {
  const answers = [true, true, false, false, true]
  const told: string[] = []
  const duty = healthChecker({
    check: async () => ({ database: { ok: answers.shift() ?? true, detail: '57P01' } }),
    onChange: ({ dependency, ok }) => told.push(`${dependency} ${ok}`),
  })
  while (answers.length > 0) await duty.takeTurn()
  assert.deepEqual(told, ['database false', 'database true'])
})
