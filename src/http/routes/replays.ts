import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { createReplay, type DeedDeps, stopReplay } from '../../inbox/create-replay.ts'
import { getEvent } from '../../inbox/find-event.ts'
import { presentDryRun, presentReplay, presentReplayResult } from '../../inbox/present-replay.ts'
import { dryRunReplay } from '../../inbox/replay-dry-run.ts'
import type { Queryable } from '../../store/db.ts'
import type { InboxEventFilter } from '../../store/inbox-selection.ts'
import {
  findReplay,
  listReplayResults,
  listReplays,
  type ReplayView,
  replayCounters,
} from '../../store/replays.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { deedOf } from '../deed.ts'
import { readEventFilter, readEventIds } from '../event-filter.ts'
import { invalidParameter } from '../query.ts'
import { idParams, pageOf, pageQuery, query, word } from '../schema/common.ts'
import {
  dryRunSchema,
  oneReplayBody,
  reasonText,
  replayBody,
  replayDetailSchema,
  replaySchema,
} from '../schema/replays.ts'

const tags = ['Replays']
const orderedOrTried = { 200: dryRunSchema, 202: replaySchema }

export type ReplaysDeps = {
  database: Queryable
  deeds: DeedDeps
  /** tells the workers that a replay waits */
  wakeReplayer: () => void
}

/** `POST /provider-events/:id/replay`, `/provider-events/replay`, and `/replays`, the jobs that come of them. */
export function replaysRoutes({ database, deeds, wakeReplayer }: ReplaysDeps) {
  const accepted = (reply: FastifyReply, replay: ReplayView) => {
    wakeReplayer()
    return reply.code(202).header('location', `/replays/${replay.id}`).send(presentReplay(replay))
  }
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.post(
      '/provider-events/:id/replay',
      {
        schema: {
          summary: 'Apply a stored event once more; 200 with what would change for a dry run',
          tags,
          params: idParams,
          querystring: query({}),
          body: oneReplayBody,
          response: orderedOrTried,
        },
      },
      async (request, reply) => {
        const { dry_run: dryRun, reason } = request.body
        const caller = callerOf(request)
        const event = await getEvent(database, caller, request.params.id)
        const filter: InboxEventFilter = { ids: [event.id] }
        if (dryRun) {
          return presentDryRun(await dryRunReplay(deeds.database, deeds.newId, caller, filter))
        }
        return accepted(reply, await createReplay(deeds, deedOf(request, reason), filter))
      },
    )

    app.post(
      '/provider-events/replay',
      {
        schema: {
          summary: 'Apply all events a filter names once more; a dry run tells what would change',
          description:
            'A dry run takes at most 1,000 events and answers 200. Else a reason is needed, the answer is 202, and Location names the job.',
          tags,
          querystring: query({}),
          body: replayBody,
          response: orderedOrTried,
        },
      },
      async (request, reply) => {
        const { filter: sent, dry_run: dryRun, reason } = request.body
        const caller = callerOf(request)
        const { ids: named, ...rest } = sent
        const ids = named && (await readEventIds(database, caller, named))
        const filter = { ...readEventFilter(rest, 'filter/'), ids }
        if (dryRun) {
          return presentDryRun(await dryRunReplay(deeds.database, deeds.newId, caller, filter))
        }
        if (reason === undefined) throw invalidParameter('reason', 'is required')
        return accepted(reply, await createReplay(deeds, deedOf(request, reason), filter))
      },
    )

    app.get(
      '/replays',
      {
        schema: {
          summary: 'List replays, newest first',
          tags,
          querystring: query(pageQuery),
          response: { 200: pageOf(replaySchema) },
        },
      },
      async (request) => {
        const page = readPage('replay', request.query)
        return presentPage(await listReplays(database, callerOf(request), page), presentReplay)
      },
    )

    app.get(
      '/replays/:id',
      {
        schema: {
          summary: 'Read a replay: how far it is, and what became of each event, newest first',
          tags,
          params: idParams,
          querystring: query({
            result: Type.Optional(word(replayCounters, 'only events of this result')),
            ...pageQuery,
          }),
          response: { 200: replayDetailSchema },
        },
      },
      async (request) => {
        const caller = callerOf(request)
        const { result: status, ...rest } = request.query
        const page = readPage('inboxEvent', rest)
        const replay = await findReplay(database, caller, request.params.id)
        if (replay === undefined) throw new DomainError('not_found')
        const results = await listReplayResults(
          database,
          caller,
          { replayId: replay.id, status },
          page,
        )
        return { ...presentReplay(replay), results: presentPage(results, presentReplayResult) }
      },
    )

    app.post(
      '/replays/:id/stop',
      {
        schema: {
          summary: 'Stop a replay after the batch under way; what is done stays done',
          tags,
          params: idParams,
          querystring: query({}),
          body: Type.Object({ reason: Type.Optional(reasonText) }, { additionalProperties: false }),
          response: { 200: replaySchema },
        },
      },
      async (request) => {
        const deed = deedOf(request, request.body.reason)
        return presentReplay(await stopReplay(deeds, deed, request.params.id))
      },
    )
  }
}
