import type { EventBody } from '../../test/support/inbox.ts'
import { seededRandom } from '../../test/support/random.ts'
import { makeHistory } from '../../test/support/stripe-history.ts'
import { makeIntentEvent } from './intent-event.ts'

export type EventSet = { name: 'histories' | 'one each'; make: (countMin: number) => EventBody[] }

const SEED = 7
const FIRST_SECOND = 1_790_000_000

export const eventSets: readonly EventSet[] = [
  { name: 'histories', make: makeHistories },
  { name: 'one each', make: makeOneEach },
]

/** Whole lives of payments, one after another: about six events a payment, with refunds and disputes. */
function makeHistories(countMin: number): EventBody[] {
  const random = seededRandom(SEED)
  const events: EventBody[] = []
  for (let index = 0; events.length < countMin; index++) {
    events.push(...makeHistory(random, index).events)
  }
  return events
}

/** The simplest thing there is: every event is another payment's only one. */
function makeOneEach(count: number): EventBody[] {
  return Array.from({ length: count }, (_, number) =>
    makeIntentEvent(number, FIRST_SECOND + Math.floor(number / 10)),
  )
}
