import type { PaymentStatus } from '../domain/payment.ts'
import type { Timeline, TimelineItem } from '../payments/timeline.ts'
import type { PaymentRow } from '../store/rows.ts'
import { formatTable } from './format-table.ts'
import type { Output, Style } from './frame/output.ts'
import { printable } from './frame/printable.ts'
import { moneyOf } from './render-amount.ts'
import { shownTime } from './render-event.ts'

const kindStyles: Record<TimelineItem['kind'], Style> = {
  attempt: 'blue',
  provider_event: 'cyan',
  state_change: 'yellow',
  journal_entry: 'green',
  event: 'magenta',
}

export function styledPaymentStatus(status: PaymentStatus, output: Output): string {
  if (status === 'succeeded') return output.style('green', status)
  if (status === 'canceled' || status === 'failed') return output.style('red', status)
  return output.style('yellow', status)
}

export function renderTimeline(
  payment: PaymentRow,
  { explanation, items }: Timeline,
  { next, output }: { next: string; output: Output },
): string {
  const amount = moneyOf(payment.amountMinor, payment.currency)
  const status = styledPaymentStatus(payment.status, output)
  const reference = printable(payment.providerReference ?? 'no reference of the provider')
  const rows = items.map((item) => [
    shownTime(item.at),
    { styled: output.style(kindStyles[item.kind], item.kind.replace('_', ' ')) },
    item.title,
    detailOf(item),
  ])
  return `${output.style('bold', payment.id)}  ${amount}  ${status}  ${reference}

${printable(explanation)}
${output.style('bold', 'Next:')} ${next}

${formatTable(['AT', 'KIND', 'WHAT', 'DETAIL'], rows)}`
}

/** The part of an item's detail that is worth a line. */
function detailOf({ kind, detail }: TimelineItem): string {
  switch (kind) {
    case 'attempt':
      return `${moneyOf(BigInt(Number(detail.amount_cents)), String(detail.currency))}${
        detail.reason === null ? '' : `  ${detail.reason}`
      }`
    case 'provider_event': {
      const status = String(detail.status)
      const reason = detail.reason === null ? '' : ` (${detail.reason})`
      return `${status}${reason}  ${detail.provider_event_id}`
    }
    case 'state_change':
      return detail.before === null
        ? ''
        : changedFields(Object(detail.before), Object(detail.after))
    case 'journal_entry': {
      const postings = (detail.postings as Posting[])
        .map(
          ({ debit, credit, amount_cents, currency }) =>
            `${debit} <- ${credit} ${moneyOf(BigInt(amount_cents), currency)}`,
        )
        .join(', ')
      // The time the provider gives it, by which it counts in revenue; the column before has the time it was booked.
      return `${postings}  effective ${shownTime(String(detail.effective_at))}`
    }
    case 'event':
      return `sequence ${detail.sequence}, ${detail.status}`
  }
}

type Posting = { debit: string; credit: string; amount_cents: number; currency: string }

function changedFields(before: Record<string, unknown>, after: Record<string, unknown>): string {
  return Object.keys(before)
    .filter((field) => field !== 'updated_at')
    .filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
    .map((field) => `${field} ${JSON.stringify(before[field])} -> ${JSON.stringify(after[field])}`)
    .join(', ')
}
