/** Cursors: where the next page begins, in a form nobody is invited to read or make. */
import { type IdKind, isId } from '../domain/ids.ts'
import type { JournalPosition } from '../store/journal-reads.ts'
import type { PageOptions } from '../store/list-page.ts'
import { invalidParameter, PAGE_ITEMS_DEFAULT } from './query.ts'

type PageQuery = { limit?: number; cursor?: string }

/** The page a query asks for, of a list of `kind`. */
export function readPage(kind: IdKind, query: PageQuery): PageOptions {
  const before = query.cursor === undefined ? undefined : decode(query.cursor)
  if (before !== undefined && !isId(kind, before)) throw invalidCursor()
  return { limit: query.limit ?? PAGE_ITEMS_DEFAULT, before }
}

/** Runs of handlers are named by their event and their handler. */
export function readHandlerRunPage(query: PageQuery): PageOptions {
  const before = query.cursor === undefined ? undefined : decode(query.cursor)
  const [event = '', handler] = before?.split('.') ?? []
  if (before !== undefined && !(isId('inboxEvent', event) && /^[\w$]+$/.test(handler ?? ''))) {
    throw invalidCursor()
  }
  return { limit: query.limit ?? PAGE_ITEMS_DEFAULT, before }
}

/** A page as it leaves. */
export function presentPage<Row, Item>(
  page: { items: Row[]; nextCursor: string | undefined },
  present: (row: Row) => Item,
): { items: Item[]; next_cursor: string | null } {
  const { nextCursor } = page
  return {
    items: page.items.map(present),
    next_cursor: nextCursor === undefined ? null : encode(nextCursor),
  }
}

const POSITION = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z) (\S+)$/

/** The journal is ordered by the time facts took effect, so its cursor holds that too. */
export function readJournalPosition(cursor: string | undefined): JournalPosition | undefined {
  if (cursor === undefined) return undefined
  const [, effectiveAt, id] = POSITION.exec(decode(cursor)) ?? []
  if (effectiveAt === undefined || Number.isNaN(Date.parse(effectiveAt))) throw invalidCursor()
  if (id === undefined || !isId('journalEntry', id)) throw invalidCursor()
  return { effectiveAt, id }
}

export function encodeJournalPosition({ effectiveAt, id }: JournalPosition): string {
  return encode(`${effectiveAt} ${id}`)
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url')
}

function decode(cursor: string): string {
  return Buffer.from(cursor, 'base64url').toString()
}

function invalidCursor() {
  return invalidParameter('cursor', 'must be the next_cursor of an earlier page of this list')
}
