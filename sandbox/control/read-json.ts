/** The bodies of the control API: a wrong field is answered by its name and by what it may be. */
export class ControlError extends Error {
  readonly field: string
  readonly allowed: readonly string[] | undefined

  constructor(field: string, message: string, allowed?: readonly string[]) {
    super(message)
    this.field = field
    this.allowed = allowed
  }
}

export type Fields = Readonly<Record<string, unknown>>

export function readFields(body: string, allowed: readonly string[]): Fields {
  let value: unknown
  try {
    value = body === '' ? {} : JSON.parse(body)
  } catch {
    throw new ControlError('body', 'The body is not JSON.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ControlError('body', 'The body must be a JSON object.')
  const unknown = Object.keys(value).find((field) => !allowed.includes(field))
  if (unknown !== undefined)
    throw new ControlError(unknown, `There is no field ${unknown}.`, allowed)
  return value as Fields
}

export function readChoice<T extends string>(
  fields: Fields,
  field: string,
  allowed: readonly T[],
): T {
  const found = allowed.find((one) => one === fields[field])
  if (found === undefined)
    throw new ControlError(field, `${field} must be one of ${allowed.join(', ')}.`, allowed)
  return found
}

export function readNumber(
  fields: Fields,
  field: string,
  { fallback, least, most }: { fallback?: number; least: number; most: number },
): number {
  const value = fields[field] ?? fallback
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return value
  throw new ControlError(field, `${field} must be an integer from ${least} to ${most}.`)
}

export function readShare(fields: Fields, field: string, fallback: number): number {
  const value = fields[field] ?? fallback
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw new ControlError(field, `${field} must be a number from 0 to 1.`)
}
