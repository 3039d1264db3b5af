import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type EventBody, openInbox } from '../support/inbox.ts'
import { seededRandom, shuffled } from '../support/random.ts'
import { sharedDataDir, skipWithoutSharedData } from '../support/shared-data.ts'
import { stateOf } from '../support/state-of.ts'

/**
 * Recorded events share zeroed ids; each gets its own event id, and all that tell of one intent tell of the same one.
 * Charges that know no intent are other charges than those that do.
 */
function realEvents(directory: string): EventBody[] {
  const folder = join(directory, 'stripe/webhook-events/stripe-ruby-mock')
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'))
  return names.map((name, index) => {
    const event = JSON.parse(readFileSync(join(folder, name), 'utf8')) as EventBody
    const object = event.data.object
    const bare = object.object === 'charge' ? !object.payment_intent : object.object === 'dispute'
    const family = bare ? 'bare' : 'whole'
    const text = JSON.stringify(event).replaceAll(
      /\b(ch|pi|re|dp|po|txn|cs_test|cs)_0{14,}\b/g,
      `$1_${family}`,
    )
    return { ...(JSON.parse(text) as EventBody), id: `evt_real_${index}` }
  })
}

test(
  'every recorded Stripe event is applied or ignored, and any order of them gives the same rows',
  skipWithoutSharedData(),
  async () => {
    const events = realEvents(sharedDataDir() ?? '')
    assert.ok(events.length > 80)
    await using straight = await openInbox()
    await straight.store(events)
    await straight.drain()
    const expected = await stateOf(straight.database)
    assert.deepEqual(expected.waiting, [{ queued: '0', dead: '0', parked: '0' }])
    assert.ok((expected.payments ?? []).length >= 2)
    for (const seed of [1, 2, 3, 4]) {
      await using other = await openInbox()
      const mixed = shuffled([...events, ...events], seededRandom(seed))
      for (let from = 0; from < mixed.length; from += 25) {
        await other.store(mixed.slice(from, from + 25))
        await other.drain({ batchCountMax: seed * 3 })
      }
      assert.deepEqual(await stateOf(other.database), expected)
    }
  },
)
