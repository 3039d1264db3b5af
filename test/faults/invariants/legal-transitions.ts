import {
  isPaymentStatus,
  type PaymentStatus,
  paymentTransitions,
} from '../../../src/domain/payment.ts'
import type { Invariant } from './invariant.ts'

/** The history of each payment walks along the table of transitions, and ends where the payment stands. */
export const legalTransitions: Invariant = {
  id: 'I8',
  title: 'states change only along the table',
  check: async ({ world }) => {
    const rows = await world.sql(`select h.subject_id as payment, h.after->>'status' as status
      from payment_events h join payments p on p.id = h.subject_id
      where h.kind like 'payment.%' and h.after->>'status' is not null order by h.subject_id, h.id`)
    const findings: string[] = []
    const standing = new Map<string, PaymentStatus>()
    for (const { payment, status } of rows) {
      if (!isPaymentStatus(status)) {
        findings.push(`${payment}: ${status} is no status`)
        continue
      }
      const before = standing.get(payment)
      const next: readonly PaymentStatus[] =
        before === undefined ? [status] : paymentTransitions[before]
      if (before !== status && !next.includes(status)) {
        findings.push(`${payment}: ${before} became ${status}`)
      }
      standing.set(payment, status)
    }
    const payments = await world.sql(
      'select id, status from payments where merged_into_payment_id is null',
    )
    for (const { id, status } of payments) {
      const told = standing.get(id)
      if (told !== status) findings.push(`${id} is ${status}, and its history ends with ${told}`)
    }
    return { checked: rows.length, findings }
  },
}
