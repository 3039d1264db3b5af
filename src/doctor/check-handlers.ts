import type { RegisteredHandler } from '../store/event-handlers.ts'
import { type Finding, fail, messageOf, ok, warn } from './finding.ts'

export type HandlerModule = { handlers: string[]; observers: string[] }

/** Loads the user's module as a start would. */
export async function checkHandlerModule(load: () => Promise<HandlerModule>): Promise<Finding> {
  try {
    const { handlers, observers } = await load()
    const told = [namesOf('handler', handlers), namesOf('observer', observers)].join(', ')
    return ok('handlers', `The module loads: ${told}.`)
  } catch (error) {
    return fail(
      'handlers',
      messageOf(error),
      'Mend the module, or correct PAYONCE_HANDLERS: Payonce does not start with it as it is.',
    )
  }
}

/**
 * What the registered handlers are owed, by rows.
 * @param loaded names of the module of this environment; undefined when there is none, or it cannot be loaded
 */
export function checkHandlerRuns(
  registered: RegisteredHandler[],
  loaded: string[] | undefined,
): Finding[] {
  const dead = registered.filter(({ deadCount }) => deadCount > 0)
  const orphans = registered.filter(
    ({ name, waitingCount }) => waitingCount > 0 && loaded?.includes(name) !== true,
  )
  const findings: Finding[] = []
  if (dead.length > 0) {
    const told = dead.map(({ name, deadCount }) => `${deadCount} of ${name}`).join(', ')
    findings.push(
      warn(
        'handler runs',
        `Calls were given up and wait for a person: ${told}.`,
        'npx payonce handlers runs --status dead says why; mend the module, then npx payonce handlers retry <run>.',
      ),
    )
  }
  if (orphans.length > 0) {
    const told = orphans.map(({ name, waitingCount }) => `${waitingCount} for ${name}`).join(', ')
    findings.push(
      warn(
        'handler names',
        `Events collect for handlers that no module of this environment has: ${told}.`,
        'Start the deployment that has them; if there is none any more: npx payonce handlers remove <name>.',
      ),
    )
  }
  if (findings.length > 0 || registered.length === 0) return findings
  const waiting = registered.reduce((sum, { waitingCount }) => sum + waitingCount, 0)
  return [ok('handler runs', `None was given up, ${waiting} wait.`)]
}

function namesOf(what: string, names: string[]): string {
  if (names.length === 0) return `no ${what}`
  return `${names.length} ${what}${names.length === 1 ? '' : 's'} (${names.join(', ')})`
}
