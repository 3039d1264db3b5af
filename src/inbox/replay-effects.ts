import type { OwnedEntry } from '../payments/changes.ts'
import { statusOf } from '../payments/subject.ts'
import type { Scope } from '../store/list-page.ts'
import type { Fold } from './apply-events.ts'

/** What replayed events made of one payment or payout. */
export type SubjectEffect = {
  kind: 'payment' | 'payout'
  /** null: it would be made by the replay, and its id with it */
  id: string | null
  providerReference: string | null
  statusBefore: string | null
  statusAfter: string | null
  changeCount: number
  entries: OwnedEntry[]
}

/** Gathers folds, batch after batch, into one effect a payment. What belongs to others is not told. */
export function openSubjectEffects(scope: Scope) {
  const effects = new Map<string, SubjectEffect>()
  return {
    add({ subjects, statusesBefore, changes }: Fold): void {
      for (const subject of subjects) {
        if (subject.merchantId !== scope.merchantId || subject.livemode !== scope.livemode) continue
        const before = statusesBefore.get(subject.id)
        const row = subject.kind === 'payout' ? subject.payout : subject.payment
        const effect = effects.get(subject.id) ?? {
          kind: subject.kind,
          id: before === undefined ? null : subject.id,
          providerReference: null,
          statusBefore: before ?? null,
          statusAfter: null,
          changeCount: 0,
          entries: [],
        }
        effect.providerReference = row?.providerReference ?? null
        effect.statusAfter = statusOf(subject) ?? null
        effect.changeCount += changes.history.filter((row) => row.subjectId === subject.id).length
        effect.entries.push(...changes.entries.filter((entry) => entry.subjectId === subject.id))
        effects.set(subject.id, effect)
      }
    },
    all: () => [...effects.values()],
  }
}
