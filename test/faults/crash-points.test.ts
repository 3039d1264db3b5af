import assert from 'node:assert/strict'
import { test } from 'node:test'
import { castNet, findUnchecked } from './net/cast-net.ts'
import { modes } from './net/mortal.ts'
import { renderHaul } from './net/report.ts'
import { scenarios } from './net/scenarios/all.ts'

const SEED = Number(process.env.FAULTS_SEED ?? 20_261_121)

test('stopped at any point, everything counts once and comes to an end', {
  timeout: 600_000,
}, async (t) => {
  const haul = await castNet({ scenarios, extent: 'short', seed: SEED })
  t.diagnostic(renderHaul(haul))
  assert.deepEqual(haul.catches, [])
  assert.deepEqual([...haul.faults, ...findUnchecked(haul)], [])
  for (const mode of modes) assert.ok(haul.fired[mode] > 0, `${mode} was fired`)
})
