import type { presentInboxEventDetail } from '../inbox/present-inbox-event.ts'
import type { InboxStatus } from '../store/inbox-selection.ts'
import type { SignatureCheck } from './check-signature-again.ts'
import { layOutJson } from './frame/json.ts'
import type { Output } from './frame/output.ts'
import { printable, printableLines } from './frame/printable.ts'
import { shownTime, styledStatus } from './render-event.ts'

type ShownEvent = ReturnType<typeof presentInboxEventDetail> & {
  signature_check: SignatureCheck
  /** what its last failure means; null when it is no failure's fault that it waits, or it does not wait */
  failure: { explanation: string; fix: string } | null
}

const signatureTexts: Record<SignatureCheck, string> = {
  matches: 'verified when it came, and these bytes still match a secret in force',
  matches_no_secret_of_today: 'verified when it came; no secret in force today made it',
  not_checked:
    'not checked: a program put this event into the inbox itself, and no signature came with it',
  archived: 'verified when it came; the bytes are archived',
}

export function renderEventDetail(shown: ShownEvent, output: Output): string {
  const bold = (text: string) => output.style('bold', text)
  const status = styledStatus({ status: shown.status as InboxStatus }, output)
  const rows: [string, string][] = [
    ['id', shown.id],
    ['provider id', printable(shown.provider_event_id)],
    ['status', shown.reason === null ? status : `${status}: ${printable(shown.reason)}`],
    ['payment', shown.payment_id ?? 'none'],
    ['object', printable(shown.object_reference ?? 'none')],
    ['api version', printable(shown.api_version ?? 'not told')],
    ['created', shownTime(shown.created_at)],
    ['received', shownTime(shown.received_at)],
    ['applied', shown.applied_at === null ? 'not yet' : shownTime(shown.applied_at)],
    ...(shown.next_attempt_at === null
      ? []
      : [['next attempt', shownTime(shown.next_attempt_at)] as [string, string]]),
    ['failed attempts', String(shown.attempt_count)],
    ['signature', signatureTexts[shown.signature_check]],
    ['request', shown.request_id],
  ]
  const sections = [`${bold(printable(shown.type))}\n${renderRows(rows)}`]
  if (shown.attempts.length > 0) {
    const lines = shown.attempts.map(({ at, outcome, code, detail }) =>
      [
        `  ${shownTime(at)}`,
        outcome === 'failed' ? output.style('red', code ?? outcome) : outcome,
        ...(detail === null ? [] : [printable(detail)]),
      ].join('  '),
    )
    sections.push(`${bold('Attempts')}\n${lines.join('\n')}`)
  }
  if (shown.failure !== null) sections.push(`${bold('What it means')}\n${renderFailure(shown)}`)
  if (shown.set_aside !== null) {
    const { at, reason } = shown.set_aside
    sections.push(`${bold('Set aside')}\n  ${shownTime(at)}  ${printable(reason)}`)
  }
  if (shown.collisions.length > 0) {
    const lines = shown.collisions.map(
      ({ id, type, received_at }) => `  ${shownTime(received_at)}  ${id}  ${printable(type)}`,
    )
    sections.push(`${bold('Collisions: other events under the same id')}\n${lines.join('\n')}`)
  }
  sections.push(`${bold('Changed')}\n${renderChanges(shown)}`)
  if (shown.headers !== null) {
    const headers = Object.entries(shown.headers).map(([name, value]): [string, string] => [
      name,
      printable([value].flat().join(', ')),
    ])
    sections.push(`${bold('Headers')}\n${renderRows(headers)}`)
  }
  sections.push(`${bold('Payload')}\n${payloadOf(shown)}`)
  return sections.join('\n\n')
}

function renderFailure({ id, status, failure }: ShownEvent): string {
  const again = `npx payonce dead-letters retry ${id}`
  const never = `npx payonce dead-letters set-aside ${id} --reason <why>`
  const rows: [string, string][] = [
    ['means', failure?.explanation ?? ''],
    ['fix', failure?.fix ?? ''],
    ...(status === 'dead' ? [['then', `${again}, or ${never}`] as [string, string]] : []),
  ]
  return renderRows(rows)
}

function renderChanges({ changes, payment_id, status }: ShownEvent): string {
  if (changes.length === 0) {
    return status === 'applied' && payment_id !== null
      ? '  nothing: what it tells was known already, or changes no field a merchant sees'
      : '  nothing'
  }
  return changes
    .flatMap(({ type, before, after }) => [
      `  ${type}`,
      ...differingFields(before, after).map((line) => `    ${line}`),
    ])
    .join('\n')
}

/** `status: requires_payment_method -> succeeded` for each field that differs. */
function differingFields(before: object | null, after: object | null): string[] {
  const from = Object(before) as Record<string, unknown>
  const to = Object(after) as Record<string, unknown>
  // Of a change only what changed is kept; what was created is told whole.
  return Object.keys(before ?? to).flatMap((field) => {
    const [was, is] = [JSON.stringify(from[field]), JSON.stringify(to[field])]
    if (was === is || field === 'updated_at') return []
    return [printable(was === undefined ? `${field}: ${is}` : `${field}: ${was} -> ${is}`)]
  })
}

function payloadOf({ payload, payload_base64: base64 }: ShownEvent): string {
  if (payload !== null) return printableLines(layOutJson(payload) ?? payload)
  return base64 === null ? '  archived' : `  not text; in base64: ${base64}`
}

function renderRows(rows: [string, string][]): string {
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')
}
