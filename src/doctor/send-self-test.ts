/**
 * A signed event of our own travels the whole way: HTTP intake, inbox, worker. Its type changes no money, and it
 * stays visible as `ignored` with the reason `self_test`.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { SELF_TEST_EVENT_TYPE } from '../domain/provider-event.ts'
import { type DeliveryAnswer, deliverSigned } from '../inbox/deliver-signed.ts'
import { findEvent } from '../inbox/find-event.ts'
import type { Queryable } from '../store/db.ts'
import type { InboxEventView } from '../store/inbox-reads.ts'
import { findEnvironmentAccount } from '../store/provider-accounts.ts'
import { messageOf } from './finding.ts'

const POLL_MS = 50

export type SelfTest = {
  address: string
  /** one for each secret; the first one stored the event, the others are repeats of it */
  answers: (DeliveryAnswer & { answerMs: number })[]
  /** why there was no answer at all */
  unreachable: string | undefined
  /** the stored event as it was last seen; undefined when it is not in this database, or there is none */
  event: InboxEventView | undefined
}

export async function sendSelfTest(deps: {
  address: string
  secrets: readonly string[]
  database: Queryable | undefined
  nowMs: () => number
  /** how long a worker may take */
  patienceMs: number
}): Promise<SelfTest> {
  const { address, secrets, database, nowMs, patienceMs } = deps
  const eventId = `evt_self_test_${randomBytes(9).toString('hex')}`
  const answers: SelfTest['answers'] = []
  const atSeconds = Math.floor(nowMs() / 1000)
  const body = bodyOf(eventId, atSeconds)
  for (const secret of secrets) {
    const startedAt = performance.now()
    try {
      const answer = await deliverSigned({ address, secret, body, atSeconds })
      answers.push({ ...answer, answerMs: performance.now() - startedAt })
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
      return { address, answers, unreachable: messageOf(cause), event: undefined }
    }
  }
  const isStored = answers.some(({ status }) => status === 200)
  const event =
    isStored && database !== undefined
      ? await waitForOutcome(database, eventId, patienceMs)
      : undefined
  return { address, answers, unreachable: undefined, event }
}

function bodyOf(eventId: string, createdAtSeconds: number): Buffer {
  return Buffer.from(
    JSON.stringify({
      id: eventId,
      object: 'event',
      type: SELF_TEST_EVENT_TYPE,
      created: createdAtSeconds,
      data: { object: { id: eventId.replace('evt_', ''), object: 'self_test' } },
    }),
  )
}

async function waitForOutcome(
  database: Queryable,
  eventId: string,
  patienceMs: number,
): Promise<InboxEventView | undefined> {
  const account = await findEnvironmentAccount(database, 'stripe')
  if (account === undefined) return undefined
  const scope = { merchantId: account.merchantId, livemode: account.livemode ?? false }
  const until = performance.now() + patienceMs
  for (;;) {
    const event = await findEvent(database, scope, eventId)
    // An event that was answered 200 is committed: if it is not here now, it never will be.
    if (event === undefined || event.status !== 'waiting' || performance.now() > until) return event
    await setTimeout(POLL_MS)
  }
}
