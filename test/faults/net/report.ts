import { invariants } from '../invariants/all.ts'
import type { Catch, Haul } from './cast-net.ts'
import { modes } from './mortal.ts'

const SHOWN_CATCHES_MAX = 20
const DETAIL_LENGTH_MAX = 600

export function renderHaul(haul: Haul): string {
  const { points, catches, faults, caseCount, seconds, seed, fired, checked } = haul
  const pointCount = Object.values(points).reduce((sum, count) => sum + count, 0)
  return [
    '',
    `${pointCount} points, ${caseCount} cases, seed ${seed}, ${seconds.toFixed(0)} s, ${((1000 * seconds) / Math.max(caseCount, 1)).toFixed(0)} ms a case`,
    ...modes.map((mode) => `  ${mode.padEnd(15)}${fired[mode]} fired`),
    ...invariants.map(
      ({ id, title }) => `  ${id.padEnd(5)}${String(checked[id]).padStart(8)} checked  ${title}`,
    ),
    ...catches.slice(0, SHOWN_CATCHES_MAX).map(renderCatch),
    ...(catches.length > SHOWN_CATCHES_MAX
      ? [`... and ${catches.length - SHOWN_CATCHES_MAX} more`]
      : []),
    ...faults.slice(0, SHOWN_CATCHES_MAX),
    catches.length + faults.length === 0
      ? 'nothing was caught'
      : `${catches.length} caught, ${faults.length} faults of the run`,
    '',
  ].join('\n')
}

export function renderCatch({ scenario, point, fault, finding }: Catch): string {
  const again = `npm run faults -- --scenario '${scenario}' --at ${fault.at} --mode ${fault.mode}`
  return [
    `CAUGHT by ${finding.invariant}: ${finding.detail.slice(0, DETAIL_LENGTH_MAX)}`,
    `  ${fault.mode} at ${point} in "${scenario}"; once more: ${again}`,
  ].join('\n')
}
