/** Runs scenarios, stopped at their points, and says what was wrong and how much was looked at. */
import { type Finding, type InvariantId, invariants } from '../invariants/all.ts'
import { compareWithKnown, type PointCounts, readKnownPoints } from './known-points.ts'
import { type Fault, type Mode, modes } from './mortal.ts'
import { type Extent, planCases } from './plan-cases.ts'
import { countPoints, runCase } from './run-scenario.ts'
import type { Scenario } from './scenario.ts'
import { openWorld, type World } from './world.ts'

export type Catch = { scenario: string; point: string; fault: Fault; finding: Finding }

export type Haul = {
  seed: number
  points: PointCounts
  caseCount: number
  /** faults that were fired, by mode */
  fired: Record<Mode, number>
  /** how many things each invariant looked at */
  checked: Record<InvariantId, number>
  catches: Catch[]
  /** what is wrong with the run itself */
  faults: string[]
  seconds: number
}

export type CastOptions = {
  scenarios: readonly Scenario[]
  extent: Extent
  seed: number
  /** only this point, only this mode */
  only?: { at?: number | undefined; mode?: Mode | undefined; point?: RegExp | undefined }
  /** ends at the first catch */
  stopsAtFirst?: boolean
  tell?: (line: string) => void
}

export async function castNet(options: CastOptions): Promise<Haul> {
  const startedAt = performance.now()
  await using world = await openWorld()
  const haul: Haul = {
    seed: options.seed,
    points: {},
    caseCount: 0,
    fired: Object.fromEntries(modes.map((mode) => [mode, 0])) as Haul['fired'],
    checked: Object.fromEntries(invariants.map(({ id }) => [id, 0])) as Haul['checked'],
    catches: [],
    faults: [],
    seconds: 0,
  }
  for (const scenario of options.scenarios) {
    await castOne(world, scenario, options, haul)
    if (options.stopsAtFirst && haul.catches.length > 0) break
  }
  const isPartial = options.only !== undefined || options.stopsAtFirst === true
  if (!isPartial) haul.faults.push(...compareWithKnown(haul.points, readKnownPoints()))
  haul.seconds = (performance.now() - startedAt) / 1000
  return haul
}

async function castOne(
  world: World,
  scenario: Scenario,
  { extent, seed, only, stopsAtFirst, tell }: CastOptions,
  haul: Haul,
): Promise<void> {
  const counted = await countPoints(world, scenario).catch((error: Error) => {
    const fault: Fault = { at: -1, mode: 'error', chance: 0 }
    const finding: Finding = { invariant: 'net', detail: error.message }
    haul.catches.push({ scenario: scenario.name, point: 'no point at all', fault, finding })
  })
  if (counted === undefined) return
  haul.points[scenario.name] = counted.points.length
  const cases = planCases(counted.points, extent, seed).filter(
    ({ at, mode }) =>
      (only?.at ?? at) === at &&
      (only?.mode ?? mode) === mode &&
      (only?.point?.test(counted.points[at] ?? '') ?? true),
  )
  tell?.(`${scenario.name}: ${counted.points.length} points, ${cases.length} cases`)
  for (const fault of cases) {
    const { findings, checked, hasFired } = await runCase(world, scenario, counted, fault)
    haul.caseCount += 1
    const point = counted.points[fault.at] ?? ''
    if (hasFired) haul.fired[fault.mode] += 1
    else haul.faults.push(`${scenario.name}: ${fault.mode} at ${point} was armed and never fired`)
    for (const { id } of invariants) haul.checked[id] += checked[id] ?? 0
    for (const finding of findings) {
      haul.catches.push({ scenario: scenario.name, point, fault, finding })
    }
    if (stopsAtFirst && findings.length > 0) return
  }
}

/** An invariant that looked at nothing in a whole run says nothing. */
export function findUnchecked(haul: Haul): string[] {
  return invariants
    .filter(({ id }) => haul.checked[id] === 0)
    .map(({ id, title }) => `${id} (${title}) was never checked`)
}
