import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import { dedupeDigest } from '../../inbox/build-intake-row.ts'
import {
  presentCollision,
  presentInboxEvent,
  presentInboxEventDetail,
} from '../../inbox/present-inbox-event.ts'
import type { Queryable } from '../../store/db.ts'
import {
  findInboxPayload,
  listInboxCollisions,
  listInboxFailures,
} from '../../store/inbox-payloads.ts'
import {
  findInboxEvent,
  type InboxEventView,
  inboxStatuses,
  listInboxEvents,
  listProviderAccountIds,
} from '../../store/inbox-reads.ts'
import type { Scope } from '../../store/list-page.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { filterText, idParams, pageOf, pageQuery, query, word } from '../schema/common.ts'
import { collisionSchema, inboxEventDetailSchema, inboxEventSchema } from '../schema/inbox.ts'

const tags = ['Provider events']
// A collision carries its whole body, up to 10 MB each.
const COLLISIONS_PER_PAGE_MAX = 10

/** `GET /provider-events`, `/provider-events/:id`, `/provider-events/collisions`: the inbox. */
export function providerEventsRoutes({ database }: { database: Queryable }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/provider-events',
      {
        schema: {
          summary: 'List received events, newest first',
          tags,
          querystring: query({
            type: filterText('events of this type'),
            status: Type.Optional(word(inboxStatuses)),
            payment_id: filterText('events that were applied to this payment'),
            ...pageQuery,
          }),
          response: { 200: pageOf(inboxEventSchema) },
        },
      },
      async (request) => {
        const { type, status, payment_id, ...rest } = request.query
        const filter = { type, status, paymentId: payment_id }
        const page = readPage('inboxEvent', rest)
        const found = await listInboxEvents(database, callerOf(request), filter, page)
        return presentPage(found, presentInboxEvent)
      },
    )

    app.get(
      '/provider-events/collisions',
      {
        schema: {
          summary: 'Deliveries that used the id of another event; kept aside, never applied',
          tags,
          querystring: query({
            ...pageQuery,
            limit: Type.Optional(
              Type.Integer({
                minimum: 1,
                maximum: COLLISIONS_PER_PAGE_MAX,
                description: 'default 10',
              }),
            ),
          }),
          response: { 200: pageOf(collisionSchema) },
        },
      },
      async (request) => {
        const limit = request.query.limit ?? COLLISIONS_PER_PAGE_MAX
        const page = readPage('collision', { ...request.query, limit })
        return presentPage(
          await listInboxCollisions(database, callerOf(request), page),
          presentCollision,
        )
      },
    )

    app.get(
      '/provider-events/:id',
      {
        schema: {
          summary: "Read a received event, by its id or the provider's own",
          tags,
          params: idParams,
          querystring: query({}),
          response: { 200: inboxEventDetailSchema },
        },
      },
      async (request) => {
        const event = await findByEitherId(database, callerOf(request), request.params.id)
        if (event === undefined) throw new DomainError('not_found')
        const payload = await findInboxPayload(database, event)
        return presentInboxEventDetail(event, payload, await listInboxFailures(database, event.id))
      },
    )
  }
}

/** The provider's id is unique per account only, so it is looked for at each account of the merchant. */
async function findByEitherId(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<InboxEventView | undefined> {
  if (isId('inboxEvent', id)) return findInboxEvent(database, scope, { id })
  const accountIds = await listProviderAccountIds(database, scope.merchantId)
  const digests = accountIds.map((accountId) => dedupeDigest(accountId, id))
  return findInboxEvent(database, scope, { digests })
}
