import { type Invariant, tell } from './invariant.ts'

/** However often it was asked, and by whomever: the provider did each thing once. */
export const oneEffect: Invariant = {
  id: 'I2',
  title: 'one effect at the provider for each operation',
  check: async ({ world, scenario, outcome, outcomeWithoutFault }) => {
    if (world.merchant.orders.length === 0) return { checked: 0, findings: [] }
    const { charges, refunds } = await world.provider.effects()
    const findings: string[] = []
    const charged = new Map<string, number>()
    for (const { payment_intent: intent } of charges) {
      charged.set(intent, (charged.get(intent) ?? 0) + 1)
    }
    for (const [intent, count] of charged) {
      if (count > 1) findings.push(`${intent} was charged ${count} times`)
    }
    // Of a request that nobody repeats there may be nothing at all, here and there.
    const isNothing = scenario.isAbandoned && outcome.payments?.length === 0
    const expected = isNothing ? 0 : outcomeWithoutFault.charged?.length
    if (charges.length !== expected) findings.push(`${charges.length} charges, not ${expected}`)
    const given = isNothing ? 0 : outcomeWithoutFault.refunded?.length
    if (refunds.length !== given) findings.push(`${refunds.length} refunds, not ${given}`)
    const twice =
      await world.sql(`select operation_id as "sent under two keys", step from payment_attempts
      group by 1, 2 having count(distinct provider_key) <> max(number)`)
    const checked = charges.length + refunds.length
    return { checked, findings: [...findings, ...tell(twice)] }
  },
}
