import { shuffled } from '../../../support/random.ts'
import { askAll, createDeed, deedOn, makePayment, type Scene } from '../scene.ts'

const REFUND_COUNT = 12

/** Captures of different amounts, cancellations and refunds that begin at once: one order of them is what happened. */
export const captureCancelRefund: Scene = {
  name: 'capture, cancel and refund at once',
  run: async (arena) => {
    const { random } = arena
    const id = await makePayment(arena, { capture_method: 'manual' })
    const ends = [
      deedOn(arena, 'capture', id, { amount_cents: 900 }),
      deedOn(arena, 'capture', id, { amount_cents: 600 }),
      deedOn(arena, 'cancel', id),
      deedOn(arena, 'refund', id, { amount_cents: 500 }),
    ]
    // Each of them is clicked twice.
    const first = await askAll(arena, shuffled([...ends, ...ends], random))
    const charged = await makePayment(arena)
    const refunds = Array.from({ length: REFUND_COUNT }, () =>
      deedOn(arena, 'refund', charged, { amount_cents: 100 + random.below(300) }),
    )
    const second = await askAll(arena, shuffled([...refunds, ...refunds], random))
    const calls = [...first, ...second]
    return { calls, metCount: calls.filter(({ outcome }) => outcome === 'fail').length }
  },
}

/** The provider tells by webhook, twice and in any order, before, while and after it answers, and clients ask again. */
export const webhooksAndAnswers: Scene = {
  name: 'answer, webhook and repeat at once',
  run: async (arena) => {
    const { app, random, fresh, tenant } = arena
    await app.control('POST', '/webhooks', { duplicate: 0.5, shuffle: true, delay_ms: [0, 60] })
    const slow = (operation: string) =>
      app.fault({ operation, mode: 'slow', times: 4, delay_ms: random.below(120) })
    await slow('payment_intents.create')
    const creates = Array.from({ length: 4 }, () => createDeed(tenant, fresh('told')))
    const made = await askAll(arena, [...creates, ...creates])
    await arena.decide(made)
    await slow('refunds.create')
    const paid = arena.history.calls.filter(
      ({ deed, outcome }) => outcome === 'ok' && creates.includes(deed),
    )
    const refunds = [...new Set(paid.map(({ body }) => body.id))].map((id) =>
      deedOn(arena, 'refund', id, { amount_cents: 400 }),
    )
    const given = await askAll(arena, [...refunds, ...refunds])
    await arena.decide(given)
    await app.control('POST', '/webhooks', {})
    const [{ count }] = await app.sql(
      `select count(*)::int as count from inbox_events e where exists (select from payment_attempts a
        where a.payment_id = any($1) and e.received_at between a.created_at and a.settled_at)`,
      [paid.map(({ body }) => body.id)],
    )
    return { calls: [...made, ...given], metCount: count }
  },
}
