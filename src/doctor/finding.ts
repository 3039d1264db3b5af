/** What one look at the installation found. */
export type Finding = {
  name: string
  status: 'ok' | 'warn' | 'fail'
  /** what is so, in a sentence */
  found: string
  /** how it is mended, in one line; null when there is nothing to mend */
  fix: string | null
}

export function ok(name: string, found: string): Finding {
  return { name, status: 'ok', found, fix: null }
}

export function warn(name: string, found: string, fix: string): Finding {
  return { name, status: 'warn', found, fix }
}

export function fail(name: string, found: string, fix: string): Finding {
  return { name, status: 'fail', found, fix }
}

/** An error without its stack; one about several addresses has no message of its own. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ')
  }
  const code = 'code' in error ? String(error.code) : error.name
  return error.message || code
}

export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
