import type { Scenario } from '../scenario.ts'
import {
  authenticated,
  chargedAndRefunded,
  createdThenConfirmed,
  declinedThenPaid,
  heldAndCanceled,
  heldAndCaptured,
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
  withoutWebhooks,
]
