/** `npm run test:race`: every scene in turn until the time is over; ends with 1 when something was caught. */
import { parseArgs } from 'node:util'
import { renderRaces } from './report.ts'
import { findUnchecked, runRaces } from './run-races.ts'
import { scenes } from './scenes/all.ts'

const SECONDS_DEFAULT = 100

const { values } = parseArgs({
  options: { seconds: { type: 'string' }, seed: { type: 'string' }, scene: { type: 'string' } },
})
const chosen = scenes.filter(({ name }) => name.includes(values.scene ?? ''))
if (chosen.length === 0) {
  throw new Error(`--scene is part of one of: ${scenes.map(({ name }) => name).join('; ')}`)
}
const say = (line: string) => process.stdout.write(`${line}\n`)
const report = await runRaces({
  scenes: chosen,
  seconds: Number(values.seconds ?? SECONDS_DEFAULT),
  seed: Number(values.seed ?? Date.now() % 2 ** 31),
  tell: say,
})
if (values.scene === undefined) report.findings.push(...findUnchecked(report))
say(renderRaces(report))
process.exitCode = report.findings.length === 0 ? 0 : 1
