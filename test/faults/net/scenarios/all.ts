import type { Scenario } from '../scenario.ts'
import {
  abandoned,
  authenticated,
  chargedAndRefunded,
  createdThenConfirmed,
  declinedThenPaid,
  heldAndCanceled,
  heldAndCaptured,
  paidTogether,
  withoutWebhooks,
} from './payments.ts'
import { appliedReplayed, deadLettersReplayed } from './replay.ts'
import { childrenFirst, deliveredTwice, poisonAmongGood, webhooksInOrder } from './webhooks.ts'

export const scenarios: readonly Scenario[] = [
  webhooksInOrder,
  childrenFirst,
  deliveredTwice,
  poisonAmongGood,
  deadLettersReplayed,
  appliedReplayed,
  chargedAndRefunded,
  heldAndCaptured,
  heldAndCanceled,
  declinedThenPaid,
  createdThenConfirmed,
  authenticated,
  paidTogether,
  withoutWebhooks,
  abandoned,
]
