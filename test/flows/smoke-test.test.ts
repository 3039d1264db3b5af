/** The smoke test of the guide, as it is written there: a payment asked for, a webhook, and its line in the log. */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { findDifference, readSteps } from '../support/tour.ts'
import { openWalk } from '../support/walk.ts'

const guide = resolve(import.meta.dirname, '../../docs/guides/payments.md')

test('the smoke test works as written, and the webhook shows as processed in the log', async () => {
  await using walk = await openWalk({ LOG_LEVEL: 'info' })
  const [step] = readSteps(guide, 'Smoke test')
  assert.ok(step)
  const isLog = (line: string) => line.startsWith('{"level"')
  const output = await walk.type(step.commands)
  const expected = step.printed.filter((line) => !isLog(line)).map(walk.atOurPorts)
  assert.equal(findDifference(expected, output), undefined, output)
  const [logged] = step.printed.filter(isLog)
  assert.ok(logged)
  await eventually(
    async () => walk.output().split('\n').filter(isLog),
    (lines) => lines.some((line) => findDifference([logged], line) === undefined),
    10_000,
  )
})
