import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripeEventTypes } from '../../providers/stripe/event-types.ts'
import { readEnvelope } from '../../providers/stripe/read-envelope.ts'
import { setPath } from './set-path.ts'
import { storyOf, storyTypes } from './stories.ts'

const told = {
  tag: 'a',
  intent: 'pi_a',
  charge: 'ch_a',
  currency: 'usd',
  amount: 1000,
  moved: 1000,
  refundedBefore: 0,
  createdAtSeconds: 1_750_000_000,
  livemode: false,
}

test('every type of event that is understood has a story that ends with it', () => {
  assert.deepEqual(storyTypes, [...stripeEventTypes].sort())
  for (const type of storyTypes) {
    const story = storyOf(type, told, { whole: true })
    assert.equal(story.at(-1)?.type, type)
    assert.equal(new Set(story.map(({ id }) => id)).size, story.length)
    for (const event of story) assert.equal(readEnvelope(event).createdAtSeconds, 1_750_000_000)
  }
})

test('about a payment that is there, only what is new is told', () => {
  const part = storyOf('charge.refunded', { ...told, moved: 300 }, { whole: false })
  assert.deepEqual(
    part.map(({ type }) => type),
    ['refund.created', 'charge.refunded'],
  )
  assert.deepEqual(storyOf('no.such.type', told, { whole: true }), [])
})

test('a path is set as deep as it says, and what reads as JSON is JSON', () => {
  const body = { data: { object: { amount: 1 } } }
  setPath(body, 'data.object.metadata.order_id=42')
  setPath(body, 'data.object.note=a=b')
  setPath(body, 'data.object.amount=2500')
  setPath(body, 'data.object.flag=true')
  assert.deepEqual(body.data.object, {
    amount: 2500,
    metadata: { order_id: 42 },
    note: 'a=b',
    flag: true,
  })
  assert.throws(() => setPath(body, 'novalue'), /must be path=value/)
  assert.throws(() => setPath(body, '__proto__.x=1'), /must be path=value/)
  assert.throws(() => setPath(body, 'a=12345678901234567890'), /too large to stay exact/)
})
