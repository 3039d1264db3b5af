/** `npm run faults`: every point of every scenario in every mode; ends with 1 when something was caught. */
import { parseArgs } from 'node:util'
import { renderRaces } from '../races/report.ts'
import { runRaces } from '../races/run-races.ts'
import { killed, zombie } from '../races/scenes/processes.ts'
import { castNet, findUnchecked } from './cast-net.ts'
import { readKnownPoints, writeKnownPoints } from './known-points.ts'
import { type Mode, modes } from './mortal.ts'
import { renderHaul } from './report.ts'
import { scenarios } from './scenarios/all.ts'

/** With five requests on the wire each time. */
const KILL_COUNT = 40
const DEFAULT_SEED = 20_261_121

const { values } = parseArgs({
  options: {
    scenario: { type: 'string' },
    at: { type: 'string' },
    point: { type: 'string' },
    mode: { type: 'string' },
    seed: { type: 'string' },
    short: { type: 'boolean', default: false },
    update: { type: 'boolean', default: false },
    'first-only': { type: 'boolean', default: false },
  },
})

const mode = modes.find((one) => one === values.mode) as Mode | undefined
if (values.mode !== undefined && mode === undefined)
  throw new Error(`--mode is one of ${modes.join(', ')}`)
const chosen = scenarios.filter(({ name }) => (values.scenario ?? name) === name)
if (chosen.length === 0) {
  throw new Error(`--scenario is one of: ${scenarios.map(({ name }) => name).join('; ')}`)
}
const at = values.at === undefined ? undefined : Number(values.at)
const point = values.point === undefined ? undefined : new RegExp(values.point)
const isNarrow = at !== undefined || mode !== undefined || point !== undefined
const say = (line: string) => process.stdout.write(`${line}\n`)
const haul = await castNet({
  scenarios: chosen,
  extent: values.short ? 'short' : 'complete',
  seed: Number(values.seed ?? DEFAULT_SEED),
  ...(isNarrow && { only: { at, mode, point } }),
  stopsAtFirst: values['first-only'],
  tell: say,
})
const isWhole = chosen.length === scenarios.length && !isNarrow
if (isWhole && !values['first-only']) haul.faults.push(...findUnchecked(haul))
if (values.update) {
  writeKnownPoints({ ...(isWhole ? {} : readKnownPoints()), ...haul.points })
  haul.faults = haul.faults.filter((fault) => !fault.includes('--update'))
}
say(renderHaul(haul))
let caughtCount = haul.catches.length + haul.faults.length
if (isWhole && !values.short) {
  // The net simulates the end of a process; here real ones end, and stand still.
  const report = await runRaces({ scenes: [killed, zombie], seed: haul.seed, turns: KILL_COUNT })
  say(renderRaces(report))
  caughtCount += report.findings.length
}
process.exitCode = caughtCount === 0 ? 0 : 1
