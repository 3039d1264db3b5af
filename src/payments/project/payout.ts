import { type PayoutStatus, payoutStatuses } from '../../domain/payment.ts'
import { ObjectView, type ProviderObject } from '../../domain/provider-object.ts'

export type ProjectedPayout = {
  providerReference: string
  amountMinor: bigint
  currency: string
  status: PayoutStatus
  arrivalAtSeconds: number | undefined
  failureReason: string | null
  atSeconds: number
  failedAtSeconds: number | undefined
}

/** A payout as a pure function of its facts; undefined while they do not tell a currency. */
export function projectPayout(objects: ProviderObject[]): ProjectedPayout | undefined {
  const object = objects.find((candidate) => candidate.kind === 'payout')
  if (object === undefined) return undefined
  const payout = new ObjectView(object)
  const currency = payout.text('currency')
  const atSeconds = payout.since.in_force
  if (currency === undefined || atSeconds === undefined) return undefined
  const status = payout.text('status')
  return {
    providerReference: payout.reference,
    amountMinor: payout.amount('amount'),
    currency,
    status: payoutStatuses.find((known) => known === status) ?? 'pending',
    arrivalAtSeconds: payout.seconds('arrival'),
    failureReason: payout.text('failure_reason') ?? null,
    atSeconds,
    failedAtSeconds: payout.since.failed,
  }
}
