/**
 * The webhook intake as a library: what `POST /webhooks/stripe` does, inside an application or a function of yours.
 *
 * In: a delivery, its body as the bytes that were sent. Out: the answer the server would give, after the same commit.
 * Promise: never a 200 before the commit; nothing goes on, and no process is kept alive, after the last answer.
 * Imports the inbox, the store and what they need; the only package it loads is pg.
 */

import { DomainError } from '../src/domain/errors.ts'
import { type AnswerWebhookDeps, answerWebhook } from '../src/inbox/answer-webhook.ts'
import { openIntake as openInboxIntake } from '../src/inbox/intake.ts'
import { type PoolLike, queryThrough } from '../src/store/borrowed-pool.ts'
import { openDatabase } from '../src/store/db.ts'
import { openIdSource } from '../src/store/new-id.ts'
import { repeatWhenLost } from '../src/store/repeat-when-lost.ts'
import { newRequestId } from '../src/telemetry/request-context.ts'
import {
  answerProblem,
  deliveryOf,
  type IntakeAnswer,
  type IntakeDelivery,
  releaseBody,
} from './delivery.ts'
import { answerFetch, type FetchContext } from './fetch-handler.ts'
import { openStderrLog } from './stderr-log.ts'
import { openWakeUp } from './wake-up.ts'

export { nodeHandler } from './node-handler.ts'
export type { FetchContext, IntakeAnswer, IntakeDelivery, PoolLike }

export type IntakeLog = AnswerWebhookDeps['log']

export type IntakeOptions = {
  /** PostgreSQL address of a Payonce; or a `pool` to it */
  databaseUrl?: string | undefined
  /** connections at most, 2 unless given; for `databaseUrl` */
  poolSize?: number
  /** a pool of node-postgres that is there already; it is not closed with the intake */
  pool?: PoolLike
  /** whichever of both is given leads through a pooler that lends a connection for one transaction */
  transactionPooler?: boolean
  /** `whsec_...`, several separated by commas during a rotation; without it, the secrets stored with the account */
  webhookSecret?: string | undefined
  /** networks that deliveries may come from, such as `192.0.2.0/24`; any unless given */
  allowedNetworks?: readonly string[]
  /** bytes of bodies held at once, 64 MiB unless given; beyond it, 503 */
  bytesMax?: number
  /** address of a Payonce, for the `type` of a problem: it serves a page for each code */
  publicUrl?: string
  /** where lines go; errors to standard error unless given */
  log?: IntakeLog
}

export type Intake = AsyncDisposable & {
  /** Verifies, stores, answers. Never throws: what goes wrong is an answer, too. */
  receive(delivery: IntakeDelivery): Promise<IntakeAnswer>
  /** The same for whatever speaks `Request` and `Response`. */
  fetch(request: Request, context?: FetchContext): Promise<Response>
  /** Waits for what is in flight, then closes the connections it opened. */
  close(): Promise<void>
}

const POOL_SIZE = 2
const BYTES_MAX = 64 * 1024 * 1024
/** Below the ten seconds after which a delivery is answered with 503. */
const STATEMENT_MS_MAX = 8_000
const ANSWER_MS_MAX = 9_000

/**
 * Opens an intake. Nothing is connected before the first delivery.
 * @throws TypeError when neither `databaseUrl` nor `pool` is given
 */
export function openIntake(options: IntakeOptions): Intake {
  const log = options.log ?? openStderrLog()
  const database = openQueryable(options, log)
  const db = repeatWhenLost(database)
  const wakeUp = openWakeUp(db, (error) => log.error({ error }, 'wake-up not sent'))
  const { receive, drain } = openInboxIntake({
    db,
    newId: openIdSource(),
    stripeSecrets: listSecrets(options.webhookSecret),
    allowedNetworks: options.allowedNetworks ?? [],
    bytesMax: options.bytesMax ?? BYTES_MAX,
    onStored: wakeUp.send,
  })
  const deps = {
    receive,
    log,
    telemetry: { webhookEvent: () => {}, refused: () => {}, signatureFailure: () => {} },
  }

  const answer = async (given: IntakeDelivery): Promise<IntakeAnswer> => {
    const delivery = deliveryOf(given, newRequestId)
    const { requestId, correlationId } = delivery
    const context = { request_id: requestId, correlation_id: correlationId }
    try {
      if ((given.method ?? 'POST') !== 'POST') throw new DomainError('method_not_allowed')
      const { contentType, body } = await answerWebhook(deps, delivery, context)
      await wakeUp.sent()
      const headers = { 'content-type': contentType, 'x-request-id': requestId }
      return { status: 200, headers, body }
    } catch (error) {
      releaseBody(given.body, receive.budget.pass)
      return answerProblem(error, { requestId, context, log, baseUrl: options.publicUrl ?? '' })
    }
  }
  const close = async () => {
    await drain()
    await wakeUp.close()
    await database.close()
  }
  return {
    receive: answer,
    fetch: (request, context) => answerFetch(answer, request, context),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function openQueryable(
  { pool, transactionPooler = false, ...options }: IntakeOptions,
  log: IntakeLog,
) {
  if (pool !== undefined) {
    return {
      ...queryThrough(pool, { isNamed: !transactionPooler, answerMsMax: ANSWER_MS_MAX }),
      close: async () => {},
    }
  }
  if (!options.databaseUrl) {
    throw new TypeError('The intake needs a databaseUrl or a pool; DATABASE_URL may not be set.')
  }
  return openDatabase({
    url: options.databaseUrl,
    poolSize: options.poolSize ?? POOL_SIZE,
    applicationName: 'payonce-intake',
    indexOnly: true,
    statementMsMax: STATEMENT_MS_MAX,
    mayExitOnIdle: true,
    transactionPooler,
    onConnectionLost: (error) => log.info({ error }, 'database connection lost'),
  })
}

function listSecrets(text = ''): string[] {
  return text
    .split(',')
    .map((secret) => secret.trim())
    .filter((secret) => secret !== '')
}
