import { type Invariant, tell } from './invariant.ts'

/** We never ask for more than was authorized, nor give back more than was taken, with what is under way included. */
export const askedWithinBounds: Invariant = {
  id: 'I5',
  title: 'what we ask for stays within what there is',
  check: async ({ world }) => {
    const broken =
      await world.sql(`select p.id, p.amount_minor, p.received_minor, p.refunded_minor, p.refund_requested_minor
      from payments p where p.received_minor > p.amount_minor or p.capturable_minor > p.amount_minor
        or p.refunded_minor + p.refund_requested_minor > p.received_minor`)
    const held =
      await world.sql(`select p.id as "holds refunds nobody asked for", p.refund_requested_minor from payments p
      where p.refund_requested_minor <> (select coalesce(sum(a.amount_minor), 0) from payment_attempts a
        where a.payment_id = p.id and a.step = 'refund' and a.status in ('created', 'sent', 'unknown'))`)
    const beyond =
      await world.sql(`select a.payment_id as "asked for more than there is", a.step, sum(a.amount_minor)::text as asked
      from payment_attempts a join payments p on p.id = a.payment_id
      where a.step in ('capture', 'refund') and a.status = 'succeeded' group by 1, 2, p.amount_minor
      having sum(a.amount_minor) > p.amount_minor`)
    const { charges, refunds } = await world.provider.effects()
    const asked = new Set(world.merchant.orders.map(({ body }) => body.amount_cents))
    const unasked = [...charges, ...refunds].filter(({ amount }) => !asked.has(amount))
    const wrong = world.merchant.orders.length === 0 ? [] : unasked
    const [{ count }] = await world.sql('select count(*)::int as count from payments')
    return { checked: count, findings: tell([...broken, ...held, ...beyond, ...wrong]) }
  },
}
