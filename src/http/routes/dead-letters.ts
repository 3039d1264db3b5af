import { Type, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import type { DeedDeps } from '../../inbox/create-replay.ts'
import { retryDeadLetter, retryDeadLetters, setAside } from '../../inbox/dead-letters.ts'
import { presentDeadLetter } from '../../inbox/present-dead-letter.ts'
import { presentReplay } from '../../inbox/present-replay.ts'
import type { Queryable } from '../../store/db.ts'
import { deadLetterStates, listDeadLetters } from '../../store/dead-letters.ts'
import { callerOf } from '../authentication.ts'
import { presentPage, readPage } from '../cursor.ts'
import { deedOf } from '../deed.ts'
import { filterText, id, idParams, pageOf, pageQuery, query, word } from '../schema/common.ts'
import { deadLetterSchema } from '../schema/inbox.ts'
import { reasonText, replaySchema } from '../schema/replays.ts'

const tags = ['Dead letters']
export type DeadLettersDeps = {
  database: Queryable
  deeds: DeedDeps
  /** tells the workers that an event waits */
  wake: () => void
  /** tells the workers that a replay waits */
  wakeReplayer: () => void
}

/** `GET /dead-letters`, `POST /dead-letters/:id/retry`, `/dead-letters/retry`, `/dead-letters/:id/set-aside`. */
export function deadLettersRoutes(deps: DeadLettersDeps) {
  return async (instance: FastifyInstance): Promise<void> => {
    const app = instance.withTypeProvider<TypeBoxTypeProvider>()
    app.get(
      '/dead-letters',
      {
        schema: {
          summary: 'List events that were given up and not set aside, newest first',
          tags,
          querystring: query({
            state: Type.Optional(word(deadLetterStates, 'default open')),
            code: filterText('that failed of this'),
            ...pageQuery,
          }),
          response: { 200: pageOf(deadLetterSchema) },
        },
      },
      async (request) => {
        const { state = 'open', code, ...rest } = request.query
        const page = readPage('inboxEvent', rest)
        const filter = { state, code }
        return presentPage(
          await listDeadLetters(deps.database, callerOf(request), filter, page),
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
          body: Type.Object({ reason: Type.Optional(reasonText) }, { additionalProperties: false }),
          response: { 202: Type.Object({ id: id('pev'), status: word(['waiting']) }) },
        },
      },
      async (request, reply) => {
        const deed = deedOf(request, request.body.reason)
        const id = await retryDeadLetter(deps.deeds, deed, request.params.id)
        deps.wake()
        return reply.code(202).send({ id, status: 'waiting' })
      },
    )

    app.post(
      '/dead-letters/retry',
      {
        schema: {
          summary: 'Replay every event that was given up and not set aside, as a job on the server',
          tags,
          querystring: query({}),
          body: Type.Object(
            {
              code: filterText('that failed of this'),
              type: filterText('of this type, or of all that begin alike: payment_intent.*'),
              reason: Type.Optional(reasonText),
            },
            { additionalProperties: false },
          ),
          response: { 202: replaySchema },
        },
      },
      async (request, reply) => {
        const { reason, ...filter } = request.body
        const replay = await retryDeadLetters(deps.deeds, deedOf(request, reason), filter)
        deps.wakeReplayer()
        const location = `/replays/${replay.id}`
        return reply.code(202).header('location', location).send(presentReplay(replay))
      },
    )

    app.post(
      '/dead-letters/:id/set-aside',
      {
        schema: {
          summary: 'Decide that nothing more shall happen to an event; it stays readable',
          tags,
          params: idParams,
          querystring: query({}),
          body: Type.Object({ reason: reasonText }, { additionalProperties: false }),
          response: { 200: Type.Object({ id: id('pev'), state: word(['set_aside']) }) },
        },
      },
      async (request) => {
        const { reason } = request.body
        const deed = { ...deedOf(request, reason), reason }
        return {
          id: await setAside(deps.deeds, deed, request.params.id),
          state: 'set_aside' as const,
        }
      },
    )
  }
}
