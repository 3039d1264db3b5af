import { Readable } from 'node:stream'
import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { journalCsv } from '../../ledger/journal-csv.ts'
import { presentAccount, presentEntry } from '../../ledger/present-entry.ts'
import type { Queryable } from '../../store/db.ts'
import { listJournalEntries } from '../../store/journal-reads.ts'
import { listLedgerAccounts } from '../../store/ledger-accounts.ts'
import { listPartsOf } from '../../store/payment-merges.ts'
import { callerOf } from '../authentication.ts'
import { encodeJournalPosition, presentPage, readJournalPosition, readPage } from '../cursor.ts'
import { PAGE_ITEMS_DEFAULT, readPaymentId, readRange } from '../query.ts'
import { filterInstant, filterText, pageOf, pageQuery, query } from '../schema/common.ts'
import { accountSchema, entrySchema } from '../schema/ledger.ts'

const filters = {
  payment_id: filterText('entries of this payment'),
  from: filterInstant('in effect at or after'),
  to: filterInstant('in effect before'),
}
const tags = ['Ledger']

/** `GET /ledger/accounts`, `/ledger/entries` and `/ledger/journal.csv`. */
export function ledgerRoutes(deps: { database: Queryable }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    const subjectsOf = async (request: FastifyRequest, sentId: string | undefined) => {
      const paymentId = readPaymentId('payment_id', sentId)
      return paymentId && (await listPartsOf(deps.database, callerOf(request), paymentId))
    }
    app.get(
      '/ledger/accounts',
      {
        schema: {
          summary: 'List accounts with their balances',
          tags,
          querystring: query(pageQuery),
          response: { 200: pageOf(accountSchema) },
        },
      },
      async (request) => {
        const page = readPage('ledgerAccount', request.query)
        return presentPage(
          await listLedgerAccounts(deps.database, callerOf(request), page),
          presentAccount,
        )
      },
    )

    app.get(
      '/ledger/entries',
      {
        schema: {
          summary: 'List journal entries, newest in effect first',
          tags,
          querystring: query({ ...filters, ...pageQuery }),
          response: { 200: pageOf(entrySchema) },
        },
      },
      async (request) => {
        const { payment_id, limit, cursor, ...range } = request.query
        const filter = {
          subjectIds: await subjectsOf(request, payment_id),
          ...readRange(range, 'from', 'to'),
        }
        const page = await listJournalEntries(deps.database, callerOf(request), filter, {
          limit: limit ?? PAGE_ITEMS_DEFAULT,
          after: readJournalPosition(cursor),
          order: 'newest_first',
        })
        const { items, nextCursor, last } = page
        const isLastPage = nextCursor === undefined || last === undefined
        return {
          items: items.map(presentEntry),
          next_cursor: isLastPage ? null : encodeJournalPosition(last),
        }
      },
    )

    app.get(
      '/ledger/journal.csv',
      {
        schema: {
          summary: 'Export the journal, oldest first, one posting a line',
          tags,
          querystring: query(filters),
          response: {
            200: { content: { 'text/csv': { schema: Type.Unsafe<Readable>(Type.String()) } } },
          },
        },
      },
      async (request, reply) => {
        const { payment_id, ...range } = request.query
        const filter = {
          subjectIds: await subjectsOf(request, payment_id),
          ...readRange(range, 'from', 'to'),
        }
        const lines = journalCsv(deps.database, callerOf(request), filter)
        reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="journal.csv"')
        // One piece at a time: the next is read when the reader has taken this one.
        return Readable.from(lines, { highWaterMark: 1 })
      },
    )
  }
}
