import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { presentHandlerRun } from '../../handlers/present-handler-run.ts'
import type { Queryable } from '../../store/db.ts'
import {
  handlerRunStatuses,
  listHandlerRuns,
  reviveHandlerRun,
} from '../../store/handler-run-reads.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readHandlerRunPage } from '../cursor.ts'
import { filterText, idParams, pageOf, pageQuery, query, word } from '../schema/common.ts'
import { handlerRunSchema } from '../schema/handler-run.ts'

const tags = ['Handler runs']

/** `GET /handler-runs` and `POST /handler-runs/:id/retry`: what the user's event handlers are still owed. */
export function handlerRunsRoutes({ database }: { database: Queryable }) {
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
          await listHandlerRuns(database, callerOf(request), filter, page),
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
          response: { 202: Type.Object({ id: Type.String(), status: word(['waiting']) }) },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        // PostgreSQL stores no NUL, so nothing with one is ever found.
        const revived =
          !id.includes('\u0000') && (await reviveHandlerRun(database, callerOf(request), id))
        if (!revived) throw new DomainError('not_found')
        return reply.code(202).send({ id, status: 'waiting' })
      },
    )
  }
}
