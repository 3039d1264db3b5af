/** Replays on the wire: what was asked, how far it is, what became of each event. */
import type { InboxEventFilter } from '../store/inbox-selection.ts'
import type { ReplayResultView, ReplayView } from '../store/replays.ts'
import type { DryRun } from './replay-dry-run.ts'
import type { SubjectEffect } from './replay-effects.ts'

export function presentReplay(replay: ReplayView) {
  const processed = Object.values(replay.counts).reduce((sum, count) => sum + count, 0)
  const rate = replay.workedSeconds > 0 ? processed / replay.workedSeconds : 0
  const isOver = replay.finishedAt !== null
  const left = replay.totalCount === null ? undefined : Math.max(0, replay.totalCount - processed)
  return {
    id: replay.id,
    status: replay.status,
    filter: presentFilter(replay.filter),
    reason: replay.reason,
    requested_by: { type: replay.actorType, id: replay.actorId },
    total_count: replay.totalCount,
    processed_count: processed,
    counts: replay.counts,
    posting_count: replay.postingCount,
    rate_per_second: Math.round(rate * 10) / 10,
    eta_seconds: isOver || left === undefined || rate === 0 ? null : Math.ceil(left / rate),
    created_at: replay.createdAt.toISOString(),
    started_at: replay.startedAt?.toISOString() ?? null,
    finished_at: replay.finishedAt?.toISOString() ?? null,
  }
}

/** Only what was said; times are text by now, because the filter was kept as JSON. */
function presentFilter(filter: InboxEventFilter) {
  const { type, status, reason, paymentId, provider, receivedFrom, receivedTo, ids } = filter
  const textOf = (at: Date | undefined) => at && new Date(at).toISOString()
  const said = {
    ...{ type, status, reason, provider, ids, payment_id: paymentId },
    received_from: textOf(receivedFrom),
    received_to: textOf(receivedTo),
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

export function presentReplayResult(result: ReplayResultView) {
  return {
    id: result.inboxEventId,
    provider_event_id: result.eventId,
    type: result.type,
    result: result.status,
    reason: result.reason,
    detail: result.detail,
    payment_id: result.paymentId,
    change_count: result.changeCount,
    replayed_at: result.replayedAt.toISOString(),
  }
}

export function presentDryRun(run: DryRun) {
  const counts = { changed: 0, unchanged: 0, ignored: 0, parked: 0, failed: run.archivedIds.length }
  for (const { status } of run.events) counts[status] += 1
  const changeCount = run.subjects.reduce((sum, subject) => sum + subject.changeCount, 0)
  const postings = run.subjects.map(presentEffect)
  return {
    dry_run: true as const,
    event_count: run.events.length + run.archivedIds.length,
    counts,
    change_count: changeCount,
    posting_count: postings.reduce((sum, { postings: added }) => sum + added.length, 0),
    payments: postings,
    not_applied: [
      ...run.events
        .filter(({ status }) => status !== 'changed' && status !== 'unchanged')
        .map(({ id, status, reason, failure }) => ({
          ...{ id, result: status as string, reason },
          detail: failure?.detail ?? null,
        })),
      ...run.archivedIds.map((id) => ({
        ...{ id, result: 'failed', reason: 'payload_archived', detail: null },
      })),
    ],
  }
}

function presentEffect(effect: SubjectEffect) {
  return {
    kind: effect.kind,
    id: effect.id,
    provider_reference: effect.providerReference,
    status_before: effect.statusBefore,
    status_after: effect.statusAfter,
    change_count: effect.changeCount,
    postings: effect.entries.flatMap((entry) =>
      entry.lines.map((line) => ({
        entry: entry.kind,
        reverses: entry.reverses !== undefined,
        debit: line.debit,
        credit: line.credit,
        amount_cents: line.amountMinor,
        currency: line.currency,
        effective_at: entry.effectiveAt.toISOString(),
      })),
    ),
  }
}
