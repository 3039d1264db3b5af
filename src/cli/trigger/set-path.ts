import { UsageError } from '../frame/failures.ts'

/** Overrides `path=value` in a body: `data.object.metadata.order_id=42`. What reads as JSON is taken as JSON. */
export function setPath(body: object, assignment: string): void {
  const equals = assignment.indexOf('=')
  const path = assignment.slice(0, Math.max(equals, 0)).split('.')
  if (path.some((part) => part === '' || part === '__proto__')) {
    throw new UsageError(
      `--set ${assignment}: must be path=value, for example data.object.metadata.order_id=42`,
    )
  }
  let target = body as Record<string, unknown>
  for (const part of path.slice(0, -1)) {
    const next = target[part]
    if (typeof next !== 'object' || next === null) target[part] = {}
    target = target[part] as Record<string, unknown>
  }
  target[path.at(-1) ?? ''] = readValue(assignment, assignment.slice(equals + 1))
}

function readValue(assignment: string, text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new UsageError(`--set ${assignment}: the number is too large to stay exact; quote it`)
    }
    return value
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}
