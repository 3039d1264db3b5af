/** The invariants of the catalogue that something in the product can break already, one file each. */

import { askedWithinBounds } from './asked-within-bounds.ts'
import { eventsCountOnce } from './events-count-once.ts'
import type { Invariant } from './invariant.ts'
import { legalTransitions } from './legal-transitions.ts'
import { liveness } from './liveness.ts'
import { moneyConserved } from './money-conserved.ts'
import { noOrphanEffect } from './no-orphan-effect.ts'
import { nothingForgotten } from './nothing-forgotten.ts'
import { oneEffect } from './one-effect.ts'
import { outboxComplete } from './outbox-complete.ts'
import { ownersAgree } from './owners-agree.ts'
import { readModelIsRebuild } from './read-model-is-rebuild.ts'
import { sameKeySameAnswer } from './same-key-same-answer.ts'

export { type Finding, type InvariantId, invariantIds } from './invariant.ts'

export const invariants: readonly Invariant[] = [
  moneyConserved,
  oneEffect,
  nothingForgotten,
  noOrphanEffect,
  askedWithinBounds,
  eventsCountOnce,
  outboxComplete,
  legalTransitions,
  liveness,
  readModelIsRebuild,
  sameKeySameAnswer,
  ownersAgree,
]
