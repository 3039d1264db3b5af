import type { BalanceTransaction, Capture } from '../../domain/money-facts.ts'
import type { ObjectView } from '../../domain/provider-object.ts'

/**
 * Money captured, once per provider charge, whichever event told of it first.
 *
 * Charges say what they captured. What the intent received beyond them belongs to a charge we have not seen yet:
 * it is booked under that charge's reference if the intent names it, else under the intent's own. A capture took
 * effect at the least time any event asserted it.
 */
export function projectCaptures(intent: ObjectView | undefined, charges: ObjectView[]): Capture[] {
  const captures: Capture[] = []
  for (const charge of charges) {
    const amountMinor = charge.amount('captured_amount')
    const currency = charge.text('currency')
    const atSeconds = charge.since.captured
    if (amountMinor <= 0n || currency === undefined || atSeconds === undefined) continue
    captures.push({ reference: charge.reference, amountMinor, currency, atSeconds })
  }
  const intentAt = intent?.since.captured
  const currency = intent?.text('currency')
  if (intent === undefined || intentAt === undefined || currency === undefined) return captures

  const known = captures.reduce((sum, capture) => sum + capture.amountMinor, 0n)
  const rest = intent.amount('received') - known
  if (rest > 0n) {
    const named = intent.text('charge')
    // A charge that belongs to another payment is that one's to book.
    const free = charges.some(({ reference }) => reference === named) && !isAmong(captures, named)
    const reference = free && named !== undefined ? named : intent.reference
    captures.push({ reference, amountMinor: rest, currency, atSeconds: intentAt })
  }
  const [only] = captures
  if (only !== undefined && captures.length === 1) {
    captures[0] = {
      ...only,
      atSeconds: Math.min(only.atSeconds, intentAt),
      answeredAtSeconds: intent.answered.captured,
    }
  }
  return captures
}

/** What the provider told of its fee on this object; empty until it does. */
export function projectBalanceTransactions(owner: ObjectView): BalanceTransaction[] {
  const transactions: BalanceTransaction[] = []
  for (const [transactionReference, value] of owner.members('balance_transaction:')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
    const { amount, fee, currency, created } = value
    if (typeof amount !== 'number' || typeof fee !== 'number') continue
    if (typeof currency !== 'string' || typeof created !== 'number') continue
    transactions.push({
      ownerReference: owner.reference,
      transactionReference,
      amountMinor: BigInt(amount),
      feeMinor: BigInt(fee),
      currency,
      atSeconds: created,
    })
  }
  return transactions.sort((a, b) => (a.transactionReference < b.transactionReference ? -1 : 1))
}

function isAmong(captures: Capture[], reference: string | undefined): boolean {
  return captures.some((capture) => capture.reference === reference)
}
