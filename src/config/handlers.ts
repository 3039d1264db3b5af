import { resolve } from 'node:path'
import { quote, type Settings } from './settings.ts'

/** @returns absolute path of the user's module of event handlers; undefined when there is none */
export function readHandlersPath(settings: Settings): string | undefined {
  const given = settings.text('PAYONCE_HANDLERS')
  if (given === undefined) return undefined
  if (!/\.m?[jt]s$/.test(given)) {
    const rule = `must be the path of a .ts, .mts, .js or .mjs module, not ${quote(given)}.`
    settings.report('PAYONCE_HANDLERS', rule, 'Name the file itself, or remove it.')
  }
  return resolve(given)
}
