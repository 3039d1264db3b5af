import type { RefundFact } from '../../domain/money-facts.ts'
import type { RefundStatus } from '../../domain/payment.ts'
import { refundStatuses } from '../../domain/payment.ts'
import type { ObjectView } from '../../domain/provider-object.ts'

export type ProjectedRefund = RefundFact & {
  status: RefundStatus
  reason: string | null
  failureReason: string | null
  /** the request of ours that made it; null when somebody else did */
  operation: string | null
}

/**
 * A payment's refunds: the provider's refund objects, and for each charge the part of its refunded amount that no
 * object explains, as one `unitemised` refund that shrinks as objects arrive.
 */
export function projectRefunds(charges: ObjectView[], refunds: ObjectView[]): ProjectedRefund[] {
  const released = new Set<ObjectView>()
  const unnamed = charges.find((charge) => charge.amount('captured_amount') > 0n) ?? charges[0]
  const unitemised = charges.flatMap((charge) => {
    // A refund that names no charge counts for the charge that captured: declined attempts have nothing to refund.
    const own = refunds.filter(
      (refund) => (refund.text('charge') ?? unnamed?.reference) === charge.reference,
    )
    const release = releaseAmong(own, charge)
    if (release !== undefined) released.add(release)
    return projectUnitemised(
      charge,
      own.filter((refund) => refund !== release),
    )
  })
  const itemised = refunds.filter((refund) => !released.has(refund)).flatMap(itemisedOf)
  return [...itemised, ...unitemised]
}

/**
 * Minor units of the authorization that a partial capture let go. Stripe counts them in `amount_refunded` and lists
 * a refund object for them, although no captured money went back.
 */
function releasedAmount(charge: ObjectView): bigint {
  const captured = charge.amount('captured_amount')
  if (captured <= 0n) return 0n
  const rest = charge.amount('amount') - captured
  return rest > 0n && charge.amount('refunded_amount') >= rest ? rest : 0n
}

/** The refund object that stands for the released rest: the oldest one of exactly that amount. */
function releaseAmong(refunds: ObjectView[], charge: ObjectView): ObjectView | undefined {
  const rest = releasedAmount(charge)
  if (rest === 0n) return undefined
  return refunds
    .filter((refund) => refund.amount('amount') === rest)
    .sort(
      (a, b) =>
        (a.since.in_force ?? 0) - (b.since.in_force ?? 0) || (a.reference < b.reference ? -1 : 1),
    )[0]
}

const itemisedRefunds = new WeakMap<ObjectView, ProjectedRefund[]>()

/** The same refund for the same object, so that one of which nothing new was told is known again at a glance. */
function itemisedOf(refund: ObjectView): ProjectedRefund[] {
  const known = itemisedRefunds.get(refund)
  if (known !== undefined) return known
  const projected = projectItemised(refund)
  itemisedRefunds.set(refund, projected)
  return projected
}

function projectItemised(refund: ObjectView): ProjectedRefund[] {
  const currency = refund.text('currency')
  const atSeconds = refund.since.in_force
  if (currency === undefined || atSeconds === undefined) return []
  const status = refund.text('status')
  return [
    {
      kind: 'itemised',
      reference: refund.reference,
      amountMinor: refund.amount('amount'),
      currency,
      atSeconds,
      failedAtSeconds: refund.since.failed,
      status: refundStatuses.find((known) => known === status) ?? 'pending',
      reason: refund.text('reason') ?? null,
      failureReason: refund.text('failure_reason') ?? null,
      operation: refund.text('operation') ?? null,
    },
  ]
}

/**
 * The charge's newest `amount_refunded` beyond the refund objects in force when the provider said it. A refund was
 * in force from its creation until it failed, both ends included: within one second the order is unknown, and
 * counting it as in force is what keeps one refund from being booked twice.
 */
function projectUnitemised(charge: ObjectView, refunds: ObjectView[]): ProjectedRefund[] {
  const toldAmount = charge.amount('refunded_amount')
  const told = toldAmount - releasedAmount(charge)
  const currency = charge.text('currency')
  const toldAt = charge.toldAtSeconds('refunded_amount')
  const atSeconds = charge.since[`refunded:${toldAmount}`]
  if (told <= 0n || currency === undefined || toldAt === undefined || atSeconds === undefined)
    return []
  const explained = refunds
    .filter(
      ({ since }) => (since.in_force ?? Infinity) <= toldAt && (since.failed ?? Infinity) >= toldAt,
    )
    .reduce((sum, refund) => sum + refund.amount('amount'), 0n)
  if (told <= explained) return []
  return [
    {
      kind: 'unitemised',
      reference: charge.reference,
      amountMinor: told - explained,
      currency,
      atSeconds,
      failedAtSeconds: undefined,
      status: 'succeeded',
      reason: null,
      failureReason: null,
      operation: null,
    },
  ]
}
