/**
 * Stripe's form encoding: `metadata[order]=7`, `expand[]=charge`, `items[0][price]=1`, nested as deep as it likes.
 * Depth and count are bounded, and no key reaches a prototype.
 */
import { invalid } from '../stripe/errors.ts'

export type FormValue = string | FormValue[] | Form
export type Form = { [key: string]: FormValue }

const FIELD_COUNT_MAX = 1000
const DEPTH_MAX = 8

export function parseForm(text: string): Form {
  const form: Form = Object.create(null)
  let count = 0
  for (const [name, value] of new URLSearchParams(text)) {
    if (++count > FIELD_COUNT_MAX) throw invalid(`At most ${FIELD_COUNT_MAX} fields are accepted.`)
    insert(form, splitName(name), value, name)
  }
  return asLists(form) as Form
}

/** `a[b][]` names the path a, b and "the next item". */
function splitName(name: string): string[] {
  const at = name.indexOf('[')
  if (at < 0) return [name]
  const rest = [...name.slice(at).matchAll(/\[([^\]]*)\]/g)].map((match) => match[1] ?? '')
  return [name.slice(0, at), ...rest]
}

function insert(form: Form, path: string[], value: string, name: string): void {
  if (path.length > DEPTH_MAX) throw invalid('Nested too deeply', name)
  let place = form
  for (const [index, part] of path.entries()) {
    const key = part === '' ? String(Object.keys(place).length) : part
    if (index === path.length - 1) {
      place[key] = value
      return
    }
    const next = place[key]
    if (typeof next === 'string') throw invalid(`Invalid object: ${name}`, name)
    if (next === undefined) place[key] = Object.create(null)
    place = place[key] as Form
  }
}

/** What was written with indices 0, 1, 2 … or empty brackets is a list. */
function asLists(value: FormValue, isRoot = true): FormValue {
  if (typeof value === 'string') return value
  const entries = Object.entries(value as Form)
  for (const [key, inner] of entries) (value as Form)[key] = asLists(inner, false)
  const isList = !isRoot && entries.length > 0 && entries.every(([key], at) => key === String(at))
  return isList ? Object.values(value as Form) : value
}
