import { type Finding, fail, ok } from './finding.ts'
import type { SelfTest } from './send-self-test.ts'

/** Whether a worker took the event of the self-test, judged by its row. */
export function checkWorker({ answers, event, address }: SelfTest): Finding | undefined {
  if (!answers.some(({ status }) => status === 200)) return undefined
  if (event === undefined) {
    return fail(
      'worker',
      `${address} stored an event that is not in this database.`,
      'The endpoint belongs to another installation: correct --endpoint, or DATABASE_URL.',
    )
  }
  if (event.status !== 'ignored' || event.appliedAt === null) {
    return fail(
      'worker',
      `The event ${event.id} is stored and ${event.status}; no worker took it in time.`,
      'Start a worker: npx payonce start --role worker. If one runs, its log says why it rests.',
    )
  }
  const ms = event.appliedAt.getTime() - event.receivedAt.getTime()
  return ok(
    'worker',
    `It took the event ${ms} ms after it was stored (${event.id}, ${event.reason}).`,
  )
}
