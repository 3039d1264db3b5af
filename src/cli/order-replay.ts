/** Replays as they are ordered at a terminal: what for, whether it is truly meant, and how it goes on. */
import type { Deed } from '../audit/record-deed.ts'
import type { DeedDeps } from '../inbox/create-replay.ts'
import { presentReplay } from '../inbox/present-replay.ts'
import type { InboxEventFilter } from '../store/inbox-selection.ts'
import { openIdSource } from '../store/new-id.ts'
import { countInboxEvents } from '../store/replay-bounds.ts'
import type { ReplayView } from '../store/replays.ts'
import { followReplay } from './follow-replay.ts'
import type { CallContext, Options } from './frame/command.ts'
import { type ExitCode, exitCodes } from './frame/exit-codes.ts'
import { UsageError } from './frame/failures.ts'
import type { Output } from './frame/output.ts'
import type { OpenScope } from './open-scope.ts'
import { deedOf } from './operator.ts'
import { countOf } from './render-replay.ts'

export const orderOptions = {
  reason: { summary: 'why, for the audit log; needed for many events', value: '<text>' },
  yes: { summary: 'do not ask whether it is meant' },
  detach: { summary: 'order it and do not follow it' },
} as const satisfies Options

type Order = {
  /** what it names, to be counted before anybody is asked */
  filter: InboxEventFilter
  /** one event named by its id needs neither a reason nor a second thought */
  isMany: boolean
  create: (deps: DeedDeps, deed: Deed) => Promise<ReplayView>
}
type OrderCall = Pick<CallContext, 'output' | 'signal'> & {
  values: { reason: string | undefined; yes: boolean; detach: boolean }
}

export async function orderReplay(
  call: OrderCall,
  opened: OpenScope,
  { filter, isMany, create }: Order,
): Promise<ExitCode> {
  const { values, output } = call
  const { database, scope } = opened
  const wish = await clarify(call, isMany, () => countInboxEvents(database, scope, filter))
  if (wish === 'nothing' || wish === 'declined') {
    const message = wish === 'nothing' ? 'No event is named by this.' : 'Nothing was done.'
    if (output.json) output.document({ ordered: false, message })
    else output.line(message)
    return wish === 'nothing' ? exitCodes.done : exitCodes.failed
  }
  const replay = await create({ database, newId: openIdSource() }, deedOf(scope, wish.reason))
  if (!values.detach) return followReplay(call, opened, replay.id)
  if (output.json) output.document(presentReplay(replay))
  else {
    output.line(`${replay.id} is ordered: ${countOf(replay.totalCount)}.`)
    output.note(
      `npx payonce replays show ${replay.id} says how far it is, npx payonce replays stop ${replay.id} ends it.`,
    )
  }
  return exitCodes.done
}

/** Everything is asked before anything is done. @throws UsageError where nobody can be asked */
async function clarify(
  { values, output }: OrderCall,
  isMany: boolean,
  count: () => Promise<number | undefined>,
): Promise<'nothing' | 'declined' | { reason: string | undefined }> {
  if (!isMany) return { reason: values.reason }
  if (!values.yes && output.ask === undefined) {
    throw new UsageError('Many events may be replayed: give --yes, or answer at a terminal.')
  }
  if (values.reason === undefined && output.ask === undefined) {
    throw new UsageError('Many events may be replayed: say why with --reason.')
  }
  const total = await count()
  if (total === 0) return 'nothing'
  const reason = values.reason ?? (await askReason(output))
  if (values.yes) return { reason }
  const answer = await output.ask?.(`Replay ${countOf(total ?? null)}? [y/N] `)
  return /^y(es)?$/i.test(answer ?? '') ? { reason } : 'declined'
}

/** @throws UsageError when there is no answer */
export async function askReason({ ask }: Output): Promise<string> {
  const reason = await ask?.('Why? (for the audit log) ')
  if (reason === undefined || reason === '') throw new UsageError('--reason is needed: say why')
  return reason
}
