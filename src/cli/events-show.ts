import { explainFailureCode } from '../inbox/explain-failures.ts'
import { findEvent } from '../inbox/find-event.ts'
import { presentInboxEventDetail } from '../inbox/present-inbox-event.ts'
import { findInboxPayload, listCollisionsWith, listInboxFailures } from '../store/inbox-payloads.ts'
import { type InboxEventView, listChangesByEvent } from '../store/inbox-reads.ts'
import { checkSignatureAgain } from './check-signature-again.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { NotFoundError } from './frame/failures.ts'
import { openScope } from './open-scope.ts'
import { renderEventDetail } from './render-event-detail.ts'
import { scopeOptions } from './shared-options.ts'

export const eventsShowCommand = defineCommand({
  name: 'events show',
  summary: 'Show one event: its payload, signature, attempts, and what it changed.',
  description:
    'Headers that hold credentials and signatures are masked. The payload is laid out for reading; --raw prints the bytes as they came and nothing else.',
  positionals: [{ name: 'id', summary: "its id (pev_...), or the provider's own (evt_...)" }],
  options: { raw: { summary: 'only the body, byte for byte' }, ...scopeOptions },
  examples: [
    ['payonce events show evt_1', 'everything about it'],
    ['payonce events show evt_1 --raw | payonce send --body -', 'deliver it once more'],
  ],
  run: async (call) => {
    const { values, output } = call
    const id = call.positionals[0] ?? ''
    const quiet = { ...output, json: output.json || values.raw }
    const opened = await openScope({ ...call, output: quiet })
    const { database, scope } = opened
    const event = await findEvent(database, scope, id)
    if (event === undefined) {
      const mode = scope.livemode ? 'live' : 'test'
      throw new NotFoundError(`There is no event ${id} in ${mode} mode.`)
    }
    const payload = await findInboxPayload(database, event)
    if (values.raw) {
      if (payload === undefined) throw new NotFoundError(`The body of ${id} is archived.`)
      output.bytes(payload.body)
      return exitCodes.done
    }
    const failures = await listInboxFailures(database, event.id)
    const detail = presentInboxEventDetail(event, {
      payload,
      failures,
      changes: await listChangesByEvent(database, scope, event),
      collisions: await listCollisionsWith(database, event.id),
    })
    const shown = {
      ...detail,
      signature_check: await checkSignatureAgain(opened, event, payload),
      failure: explainLast(event, detail.attempts),
    }
    if (output.json) output.document(shown)
    else output.line(renderEventDetail(shown, output))
    return exitCodes.done
  },
})

type Attempts = ReturnType<typeof presentInboxEventDetail>['attempts']

/** Only while it is not applied: then nobody needs to know any more. */
function explainLast({ status }: InboxEventView, attempts: Attempts) {
  if (status !== 'dead' && status !== 'waiting') return null
  const last = attempts.find(({ outcome }) => outcome === 'failed')
  if (last?.code == null) return null
  return explainFailureCode(last.code, last.error_type ?? '')
}
