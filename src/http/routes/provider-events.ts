import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { presentFailureGroup } from '../../inbox/explain-failures.ts'
import { findEvent, getEvent } from '../../inbox/find-event.ts'
import {
  presentCollision,
  presentInboxEvent,
  presentInboxEventDetail,
} from '../../inbox/present-inbox-event.ts'
import type { Queryable } from '../../store/db.ts'
import { listFailureGroups } from '../../store/failure-groups.ts'
import {
  findInboxPayload,
  listCollisionsWith,
  listInboxCollisions,
  listInboxFailures,
} from '../../store/inbox-payloads.ts'
import { listChangesByEvent, listInboxEvents } from '../../store/inbox-reads.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { readEventFilter } from '../event-filter.ts'
import { filterText, idParams, pageOf, pageQuery, query } from '../schema/common.ts'
import {
  collisionSchema,
  failureGroupSchema,
  inboxEventDetailSchema,
  inboxEventSchema,
} from '../schema/inbox.ts'
import { eventFilterFields } from '../schema/replays.ts'

const tags = ['Provider events']
// A collision carries its whole body, up to 10 MB each.
const COLLISIONS_PER_PAGE_MAX = 10

/** `GET /provider-events`, `/provider-events/:id`, `.../collisions`, `.../failures`: the inbox. */
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
            ...eventFilterFields,
            event_id: filterText("the event of this id, ours or the provider's"),
            ...pageQuery,
          }),
          response: { 200: pageOf(inboxEventSchema) },
        },
      },
      async (request) => {
        const { limit, cursor, event_id, ...sent } = request.query
        const caller = callerOf(request)
        const filter = readEventFilter(sent)
        const page = readPage('inboxEvent', {
          ...(limit !== undefined && { limit }),
          ...(cursor !== undefined && { cursor }),
        })
        const named =
          event_id === undefined ? undefined : await findEvent(database, caller, event_id)
        const ids = event_id === undefined ? undefined : named === undefined ? [] : [named.id]
        const found = await listInboxEvents(database, caller, { ...filter, ids }, page)
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
      '/provider-events/failures',
      {
        schema: {
          summary: 'Failed events by error and type, with what it means and how it is mended',
          description: 'At most 100 groups, the largest first; there is no next page.',
          tags,
          querystring: query({}),
          response: { 200: pageOf(failureGroupSchema) },
        },
      },
      async (request) => {
        const groups = await listFailureGroups(database, callerOf(request))
        return { items: groups.map(presentFailureGroup), next_cursor: null }
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
        const caller = callerOf(request)
        const event = await getEvent(database, caller, request.params.id)
        return presentInboxEventDetail(event, {
          payload: await findInboxPayload(database, event),
          failures: await listInboxFailures(database, event.id),
          changes: await listChangesByEvent(database, caller, event),
          collisions: await listCollisionsWith(database, event.id),
        })
      },
    )
  }
}
