import type { Invariant } from './invariant.ts'

/** Whatever the provider did is known here, with its amounts. */
export const noOrphanEffect: Invariant = {
  id: 'I4',
  title: 'every effect at the provider is known',
  check: async ({ world }) => {
    if (world.merchant.orders.length === 0) return { checked: 0, findings: [] }
    const { charges, refunds } = await world.provider.effects()
    const payments =
      await world.sql(`select provider_reference as intent, received_minor::int as received,
      capturable_minor::int as capturable from payments where merged_into_payment_id is null`)
    const known = await world.sql(
      'select provider_reference as id, amount_minor::int as amount from refunds',
    )
    const findings: string[] = []
    for (const charge of charges) {
      const mine = payments.filter(({ intent }) => intent === charge.payment_intent)
      if (mine.length !== 1) findings.push(`${charge.id} belongs to ${mine.length} payments`)
      else if (mine[0].received !== charge.amount_captured) {
        findings.push(
          `${charge.id} took ${charge.amount_captured}, and ${mine[0].received} are known`,
        )
      }
    }
    for (const refund of refunds) {
      const mine = known.filter(({ id }) => id === refund.id)
      if (mine.length !== 1) findings.push(`${refund.id} is known ${mine.length} times`)
      else if (mine[0].amount !== refund.amount) findings.push(`${refund.id} has another amount`)
    }
    return { checked: charges.length + refunds.length, findings }
  },
}
