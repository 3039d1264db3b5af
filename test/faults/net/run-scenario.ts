/** One scenario: its points are counted, then a process is stopped at one of them and everything is checked. */

import { type Finding, type InvariantId, invariants } from '../invariants/all.ts'
import type { Evidence } from '../invariants/invariant.ts'
import { type Application, openApplication } from './application.ts'
import { repeatAll, reuseKey } from './merchant.ts'
import type { Fault } from './mortal.ts'
import { type Outcome, outcomeOf } from './outcome-of.ts'
import type { Scenario } from './scenario.ts'
import { settle } from './settle.ts'
import type { World } from './world.ts'

export type Counted = {
  points: readonly string[]
  /** what everything comes to when nothing goes wrong */
  outcome: Outcome
}

export type CaseResult = {
  /** what was wrong, in words */
  findings: Finding[]
  /** how many things each invariant looked at */
  checked: Partial<Record<InvariantId, number>>
  hasFired: boolean
}

/** @throws Error when no two runs without a fault pass the same points, or when one of them is wrong already */
export async function countPoints(world: World, scenario: Scenario): Promise<Counted> {
  let before: Counted | undefined
  let difference = ''
  for (let count = 0; count < COUNT_RUNS_MAX; count++) {
    const { points, outcome, result } = await run(world, scenario, undefined)
    if (result.findings.length > 0) {
      throw new Error(`wrong without any fault: ${JSON.stringify(result.findings)}`)
    }
    const known = before?.points ?? []
    const at = points.findIndex((name, index) => known[index] !== name)
    if (at < 0 && points.length === known.length) return { points, outcome }
    difference = `point ${at} was ${known[at]}, then ${points[at]}`
    before = { points, outcome }
  }
  throw new Error(`not the same twice: ${difference}`)
}

/**
 * Another way to the point than the counted one is taken once more: where the provider's clock passes from one second
 * to the next in the middle of a case, there may be a row less to write. It is told when it happens each time.
 */
export async function runCase(
  world: World,
  scenario: Scenario,
  counted: Counted,
  fault: Fault,
): Promise<CaseResult> {
  for (let repeat = 0; ; repeat++) {
    const { points, result } = await run(world, scenario, { fault, outcome: counted.outcome })
    const expected = counted.points.slice(0, fault.at + 1)
    const different = expected.findIndex((name, index) => points[index] !== name)
    if (different < 0) return result
    if (repeat < REPEAT_COUNT_MAX) continue
    const detail = `point ${different} was ${points[different]}, not ${expected[different]}`
    result.findings.push({ invariant: 'net', detail })
    return result
  }
}

const REPEAT_COUNT_MAX = 2
const COUNT_RUNS_MAX = 4

async function run(
  world: World,
  scenario: Scenario,
  faulted: { fault: Fault; outcome: Outcome } | undefined,
): Promise<{ points: readonly string[]; outcome: Outcome; result: CaseResult }> {
  await world.reset(scenario)
  if (scenario.prepare !== undefined) {
    await using app = closing(openApplication(world))
    await scenario.prepare(app.application, world)
  }
  const standstill = async () => {
    await world.advance(STANDSTILL_SECONDS)
    await using other = closing(openApplication(world))
    await settle(other.application, world, scenario)
  }
  await using first = closing(
    openApplication(world, {
      ...(faulted && { fault: faulted.fault }),
      onStandstill: standstill,
    }),
  )
  const { application, mortal } = { ...first, mortal: first.application.mortal }
  const acted = scenario.act(application, world)
  // A dead process never comes to an end by itself.
  acted.catch(() => undefined)
  await Promise.race([acted, mortal.died])
  const points = [...mortal.points]
  mortal.spare()
  await using next = mortal.isDead ? closing(openApplication(world)) : undefined
  const survivor = next?.application ?? application
  const left = await settle(survivor, world, scenario)
  await repeatAll(survivor, world.merchant)
  const reused = await reuseKey(survivor, world.merchant)
  const outcome = await outcomeOf(world, scenario)
  const result: CaseResult = { findings: [], checked: {}, hasFired: mortal.hasFired }
  const evidence: Evidence = {
    world,
    scenario,
    outcome,
    outcomeWithoutFault: faulted?.outcome ?? outcome,
    left,
    reused,
    pools: [survivor.database.poolState()],
  }
  for (const invariant of invariants) {
    const { checked, findings } = await invariant.check(evidence)
    result.checked[invariant.id] = checked
    for (const detail of findings) result.findings.push({ invariant: invariant.id, detail })
  }
  return { points, outcome, result }
}

/** Longer than any lease and any time-out. */
const STANDSTILL_SECONDS = 90

function closing(application: Application) {
  return { application, [Symbol.asyncDispose]: async () => application.close() }
}
