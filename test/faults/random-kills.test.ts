import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderRaces } from './races/report.ts'
import { runRaces } from './races/run-races.ts'
import { killed } from './races/scenes/processes.ts'

const SEED = Number(process.env.RACES_SEED ?? 20_261_121)
const KILL_COUNT = 12

test('killed at any moment of a create, confirm, capture, refund and cancel, each is done once', {
  timeout: 180_000,
}, async (t) => {
  const report = await runRaces({ scenes: [killed], seed: SEED, turns: KILL_COUNT })
  t.diagnostic(renderRaces(report))
  assert.deepEqual(report.findings, [])
})
