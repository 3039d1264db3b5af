import type { Queryable } from '../store/db.ts'
import { readQueueDepths } from '../store/queue-depths.ts'
import { counted, type Finding, ok, warn } from './finding.ts'

export async function checkDeadLetters(database: Queryable): Promise<Finding> {
  const { deadLetterCount, parkedCount } = await readQueueDepths(database)
  const parked =
    parkedCount === 0
      ? ''
      : ` ${counted(parkedCount, 'event waits', 'events wait')} for a payment nobody has told of yet.`
  if (deadLetterCount === 0) return ok('dead letters', `There are none.${parked}`)
  return warn(
    'dead letters',
    `${counted(deadLetterCount, 'event was given up and waits', 'events were given up and wait')} for a person.${parked}`,
    'npx payonce events failures says why and how it is mended; then npx payonce dead-letters retry --all --reason <why>. Those of live mode: with --live.',
  )
}
