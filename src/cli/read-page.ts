import { type IdKind, isId } from '../domain/ids.ts'
import type { PageOptions } from '../store/list-page.ts'
import { UsageError } from './frame/failures.ts'
import type { Output } from './frame/output.ts'
import { readCount } from './read-options.ts'

const PAGE_ITEMS_MAX = 1_000

export function readPageOptions(
  kind: IdKind,
  { limit, before }: { limit: string; before: string | undefined },
): PageOptions {
  if (before !== undefined && !isId(kind, before)) {
    throw new UsageError(`--before ${before}: must be an id of this list`)
  }
  return { limit: readCount('--limit', limit, { min: 1, max: PAGE_ITEMS_MAX }), before }
}

/** Runs of handlers are named by their event and their handler. */
export function readHandlerRunPage(values: {
  limit: string
  before: string | undefined
}): PageOptions {
  const { limit } = readPageOptions('inboxEvent', { ...values, before: undefined })
  const [event = '', handler = ''] = values.before?.split('.') ?? []
  if (values.before !== undefined && !(isId('inboxEvent', event) && /^[\w$]+$/.test(handler))) {
    throw new UsageError(`--before ${values.before}: must be an id of this list`)
  }
  return { limit, before: values.before }
}

/** Beside the result, so that a table in a pipe stays a table. */
export function noteNextPage(output: Output, nextCursor: string | undefined): void {
  if (nextCursor !== undefined) output.note(`There are more: --before ${nextCursor}`)
}
