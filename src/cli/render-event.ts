/** How events and times look on a terminal. */
import type { InboxEventView } from '../store/inbox-reads.ts'
import type { InboxStatus } from '../store/inbox-selection.ts'
import type { Output, Style } from './frame/output.ts'
import { printable } from './frame/printable.ts'

const styles: Record<InboxStatus, Style> = {
  waiting: 'yellow',
  applied: 'green',
  ignored: 'dim',
  parked: 'yellow',
  dead: 'red',
}

export function styledStatus({ status }: Pick<InboxEventView, 'status'>, output: Output): string {
  return output.style(styles[status], status)
}

/** What became of it: the payment it changed, or why it did not change one. */
export function outcomeOf({ paymentId, reason }: InboxEventView): string {
  return printable(reason ?? paymentId ?? '')
}

/** `2026-01-31 08:00:00.000Z`: UTC, so that it can be compared with every log. */
export function shownTime(at: Date | string): string {
  return (typeof at === 'string' ? at : at.toISOString()).replace('T', ' ')
}
