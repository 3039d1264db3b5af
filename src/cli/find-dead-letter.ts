import { findEvent } from '../inbox/find-event.ts'
import type { InboxEventView } from '../store/inbox-reads.ts'
import { NotFoundError } from './frame/failures.ts'
import type { OpenScope } from './open-scope.ts'

/** An event that was given up, by either id. @throws NotFoundError saying what it is instead */
export async function getDeadLetter(
  { database, scope }: Pick<OpenScope, 'database' | 'scope'>,
  id: string,
): Promise<InboxEventView> {
  const event = await findEvent(database, scope, id)
  if (event === undefined) {
    const mode = scope.livemode ? 'live' : 'test'
    throw new NotFoundError(`There is no event ${id} in ${mode} mode.`)
  }
  if (event.status !== 'dead') {
    throw new NotFoundError(
      `${id} is no dead letter, but ${event.status}. npx payonce events replay ${id} applies it once more.`,
    )
  }
  return event
}
