import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderRaces } from './races/report.ts'
import { findUnchecked, runRaces } from './races/run-races.ts'
import { scenes } from './races/scenes/all.ts'
import { killed } from './races/scenes/processes.ts'

const SEED = Number(process.env.RACES_SEED ?? 20_261_121)

test('requests that race have one order, whoever is stopped or late meanwhile', {
  timeout: 120_000,
}, async (t) => {
  const report = await runRaces({
    // Processes are killed by a test of their own.
    scenes: scenes.filter((scene) => scene !== killed),
    seed: SEED,
  })
  t.diagnostic(renderRaces(report))
  assert.deepEqual([...report.findings, ...findUnchecked(report)], [])
})
