import type { Database } from '../../store/db.ts'
import type { Scope } from '../../store/list-page.ts'
import { listReferences } from '../../store/payment-references.ts'
import { isSandboxAccount } from '../../store/provider-accounts.ts'
import type { PaymentRow } from '../../store/rows.ts'
import { UsageError } from '../frame/failures.ts'
import type { Told } from './objects.ts'
import { type Needs, needsOf } from './stories.ts'

/** What a later event of an existing payment tells of, if there can be one of this type now. */
export async function tellOfPayment(
  { database, scope }: { database: Database; scope: Scope },
  payment: PaymentRow,
  wish: { type: string; amount: number | undefined; tag: string; createdAtSeconds: number },
): Promise<Told> {
  const { type } = wish
  if (await isSandboxAccount(database, payment.providerAccountId)) {
    throw new UsageError(
      `${payment.id} was made at the sandbox, which tells of it itself: ask for a change through the API, as in POST /payments/${payment.id}/refund`,
    )
  }
  const needs = needsOf(type)
  if (needs === undefined || !isMet(needs, payment)) {
    throw new UsageError(
      `${type} cannot happen to ${payment.id} now: it needs ${explainNeeds(needs)}, and this one is ${payment.status}`,
    )
  }
  const isIntent = payment.providerReference?.startsWith('pi_') ?? false
  if (!isIntent && type.startsWith('payment_intent.')) {
    throw new UsageError(`${type} cannot happen to ${payment.id}: it has no payment intent`)
  }
  const [known] = await listReferences(database, scope, { subjectId: payment.id, kind: 'charge' })
  // Once captured, it is about what was captured; before, about what was asked for.
  const amount = Number(needs === 'captured' ? payment.receivedMinor : payment.amountMinor)
  const refundedBefore = Number(payment.refundedMinor)
  const left = amount - refundedBefore - Number(payment.disputedMinor)
  const moved = wish.amount ?? left
  if (needs === 'captured' && (moved <= 0 || moved > left)) {
    throw new UsageError(
      `--amount ${moved}: of ${payment.id} there are ${left} minor units left to give back or dispute`,
    )
  }
  return {
    tag: wish.tag,
    intent: isIntent ? payment.providerReference : null,
    charge: known ?? `ch_${wish.tag}`,
    currency: payment.currency.toLowerCase(),
    amount,
    moved,
    refundedBefore,
    createdAtSeconds: wish.createdAtSeconds,
    livemode: payment.livemode,
  }
}

function isMet(needs: Needs, { status, receivedMinor }: PaymentRow): boolean {
  switch (needs) {
    case 'no existing payment':
      return false
    case 'authorized':
      return status === 'requires_capture'
    case 'captured':
      return receivedMinor > 0n
    case 'not paid':
      return [
        'requires_payment_method',
        'requires_confirmation',
        'requires_action',
        'processing',
      ].includes(status)
  }
}

function explainNeeds(needs: Needs | undefined): string {
  return needs === 'no existing payment' || needs === undefined
    ? 'no existing payment (leave --payment out)'
    : `a payment that is ${needs}`
}
