import { isAbsolute, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const LENGTH_MAX = 1000
const STACK_LENGTH_MAX = 4000
const ownFolder = new URL('.', import.meta.url).href

/** What was thrown, whatever it is, and where, as text a database column can hold. Never throws itself. */
export function describeFailure(thrown: unknown): string {
  const where = placeOf(thrown)
  return storable(textOf(thrown)) + (where === undefined ? '' : storable(` (${where})`))
}

/** The stack of what was thrown, for a log; undefined when it has none. */
export function stackOf(thrown: unknown): string | undefined {
  try {
    if (!(thrown instanceof Error) || typeof thrown.stack !== 'string') return undefined
    return storable(thrown.stack, STACK_LENGTH_MAX)
  } catch {
    // Its own `stack` threw; a user's module may throw anything.
    return undefined
  }
}

/** PostgreSQL's text has no NUL and no lone surrogate. */
export function storable(text: string, lengthMax = LENGTH_MAX): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\u0000', '\ufffd')
}

function textOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return `${thrown.name}: ${thrown.message}`
    return typeof thrown === 'object' ? (JSON.stringify(thrown) ?? 'an object') : String(thrown)
  } catch {
    // Its own conversion to text threw; a user's module may throw anything.
    return `a ${typeof thrown} that cannot be shown`
  }
}

/**
 * The file and line of the user's own code that failed, as `handlers.ts:12:3` from the working folder. A stack names
 * it in a frame; that of a syntax error in its first line. What a package threw is told by who called it.
 */
export function placeOf(thrown: unknown): string | undefined {
  const [head = '', ...frames] = stackOf(thrown)?.split('\n') ?? []
  const told = [head, ...frames.filter((line) => /^ +at /.test(line))]
  const places = told
    .map((line) => /(?:^|\(|at (?:async )?)((?:file:\/\/)?\/.+:\d+(?::\d+)?)\)?$/.exec(line)?.[1])
    .filter((place) => place !== undefined && !place.startsWith(ownFolder))
  const place = places.find((one) => !one?.includes('/node_modules/')) ?? places[0]
  return place === undefined ? undefined : shownPlace(place)
}

/** A file with its line, from the working folder where it lies in it. */
export function shownPlace(place: string): string {
  try {
    const path = place.startsWith('file:') ? fileURLToPath(place) : place
    const near = relative(process.cwd(), path)
    return near.startsWith('..') || isAbsolute(near) ? path : near
  } catch {
    // An address that is no path, or a working folder that is gone.
    return place
  }
}
