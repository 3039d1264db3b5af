const LENGTH_MAX = 1000

/** What was thrown, whatever it is, as text a database column can hold. Never throws itself. */
export function describeFailure(thrown: unknown): string {
  return storable(textOf(thrown))
}

/** PostgreSQL's text has no NUL and no lone surrogate. */
export function storable(text: string): string {
  return text.slice(0, LENGTH_MAX).toWellFormed().replaceAll('\u0000', '\ufffd')
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
