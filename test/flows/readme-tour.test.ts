/** The README's tour, as a new user walks it: every command as it is written, in order, and what it prints. */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { findDifference, readSteps } from '../support/tour.ts'
import { openWalk } from '../support/walk.ts'

const readme = resolve(import.meta.dirname, '../../README.md')
const STEP_COUNT_MIN = 10
const LOOK_AGAIN_MS_MAX = 40_000

/** Looks and changes nothing: a reader who is too quick looks again. */
const onlyLooks = (commands: string) =>
  /^(npx payonce|curl) /.test(commands) &&
  !/ -d |payonce (trigger|send)|payonce events replay (?!.*--dry-run)/.test(commands)

test('every command of the tour in the README does what the README says', async () => {
  await using walk = await openWalk()
  const steps = readSteps(readme, 'Five minutes')
  assert.ok(steps.length >= STEP_COUNT_MIN)
  for (const { commands, printed } of steps) {
    const look = async () => {
      const output = await walk.type(commands)
      return { output, difference: findDifference(printed.map(walk.atOurPorts), output) }
    }
    const isStart = commands.endsWith('\nnpm start\n')
    if (onlyLooks(commands)) {
      await eventually(look, ({ difference }) => difference === undefined, LOOK_AGAIN_MS_MAX)
    } else if (isStart) {
      await walk.type(commands.replace(/npm start\n$/, ''))
      await walk.startAgain()
      const difference = findDifference(printed.map(walk.atOurPorts), walk.output())
      assert.equal(difference, undefined, walk.output())
    } else {
      const { difference, output } = await look()
      if (printed.length > 0) assert.equal(difference, undefined, `${commands}\n${output}`)
    }
  }
  const effects = await fetch(`${walk.sandboxUrl}/_sandbox/effects`)
  const { charges } = (await effects.json()) as { charges: { amount: number }[] }
  assert.deepEqual(
    charges.map(({ amount }) => amount),
    [1000, 2500],
    'whatever was lost and killed, the provider took each payment once',
  )
})
