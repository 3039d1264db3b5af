import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { presentHandlerRun } from '../../handlers/present-handler-run.ts'
import { retryRun } from '../../handlers/retry-run.ts'
import type { DeedDeps } from '../../inbox/create-replay.ts'
import type { Queryable } from '../../store/db.ts'
import { handlerRunStatuses, listHandlerRuns } from '../../store/handler-run-reads.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readHandlerRunPage } from '../cursor.ts'
import { deedOf } from '../deed.ts'
import { filterText, idParams, pageOf, pageQuery, query, word } from '../schema/common.ts'
import { handlerRunSchema } from '../schema/handler-run.ts'
import { reasonText } from '../schema/replays.ts'

const tags = ['Handler runs']

/** `GET /handler-runs` and `POST /handler-runs/:id/retry`: what the user's event handlers are still owed. */
export function handlerRunsRoutes(deps: { database: Queryable; deeds: DeedDeps }) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/handler-runs',
      {
        schema: {
          summary: 'List events that handlers are still owed, or were given up for; newest first',
          tags,
          querystring: query({
            handler: filterText('runs of this handler'),
            status: Type.Optional(word(handlerRunStatuses)),
            ...pageQuery,
          }),
          response: { 200: pageOf(handlerRunSchema) },
        },
      },
      async (request) => {
        const { handler, status, ...rest } = request.query
        const page = readHandlerRunPage(rest)
        const filter = { handler, status }
        return presentPage(
          await listHandlerRuns(deps.database, callerOf(request), filter, page),
          presentHandlerRun,
        )
      },
    )

    app.post(
      '/handler-runs/:id/retry',
      {
        schema: {
          summary: 'Call a handler once more for an event it was given up for',
          tags,
          params: idParams,
          querystring: query({}),
          body: Type.Object({ reason: Type.Optional(reasonText) }, { additionalProperties: false }),
          response: { 202: Type.Object({ id: Type.String(), status: word(['waiting']) }) },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        await retryRun(deps.deeds, deedOf(request, request.body.reason), id)
        return reply.code(202).send({ id, status: 'waiting' })
      },
    )
  }
}
