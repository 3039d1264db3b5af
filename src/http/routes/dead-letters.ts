import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { DomainError } from '../../domain/errors.ts'
import { isId } from '../../domain/ids.ts'
import type { Database } from '../../store/db.ts'
import { type DeadLetter, listDeadLetters, requeueDeadLetter } from '../../store/dead-letters.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { id, idParams, pageOf, pageQuery, query, word } from '../schema/common.ts'
import { deadLetterSchema } from '../schema/inbox.ts'

const tags = ['Dead letters']
export type DeadLettersDeps = {
  database: Pick<Database, 'query' | 'transaction'>
  /** tells the workers that there is work */
  wake: () => void
}

/** `GET /dead-letters` and `POST /dead-letters/:id/retry`. */
export function deadLettersRoutes(deps: DeadLettersDeps) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/dead-letters',
      {
        schema: {
          summary: 'List events that were given up',
          tags,
          querystring: query(pageQuery),
          response: { 200: pageOf(deadLetterSchema) },
        },
      },
      async (request) => {
        const page = readPage('inboxEvent', request.query)
        return presentPage(
          await listDeadLetters(deps.database, callerOf(request), page),
          presentDeadLetter,
        )
      },
    )

    app.post(
      '/dead-letters/:id/retry',
      {
        schema: {
          summary: 'Apply an event that was given up once more, with all its attempts',
          tags,
          params: idParams,
          querystring: query({}),
          response: { 202: Type.Object({ id: id('pev'), status: word(['waiting']) }) },
        },
      },
      async (request, reply) => {
        const { id } = request.params
        const requeued =
          isId('inboxEvent', id) &&
          (await deps.database.transaction((tx) => requeueDeadLetter(tx, callerOf(request), id)))
        if (!requeued) throw new DomainError('not_found')
        deps.wake()
        return reply.code(202).send({ id, status: 'waiting' })
      },
    )
  }
}

function presentDeadLetter(letter: DeadLetter) {
  return {
    id: letter.inboxEventId,
    provider_event_id: letter.eventId,
    type: letter.type,
    attempt_count: letter.attemptCount,
    error_type: letter.errorType,
    code: letter.code,
    detail: letter.detail,
    received_at: letter.receivedAt.toISOString(),
    dead_at: letter.deadAt.toISOString(),
  }
}
