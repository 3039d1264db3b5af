/** One try at the card: a charge that succeeded or failed, and the intent that follows from it. */
import type { TestCard } from '../../cards.ts'
import type { Charge, Intent, PaymentError, PaymentMethod } from '../../store/records.ts'
import type { Transaction } from '../../store/transaction.ts'
import { declineMessages } from '../decline-messages.ts'
import { declined } from '../errors.ts'
import { type Reply, show } from '../operation.ts'
import { cardOf } from '../payment-methods.ts'
import { followCharge } from './follow-charge.ts'

const AUTHORIZATION_SECONDS = 7 * 24 * 3600

export function tryCharge(
  tx: Transaction,
  intent: Intent,
  method: PaymentMethod,
  authenticated = false,
): Reply {
  const card = cardOf(method)
  if (isDeclining(card))
    return declineIntent(tx, intent, method, {
      code: card.code ?? 'card_declined',
      declineCode: card.declineCode ?? (card.code === 'card_declined' ? 'generic_decline' : null),
    })
  const isManual = intent.captureMethod === 'manual'
  const charge = tx.create('charge', {
    ...chargeFields(intent, method),
    status: 'succeeded',
    captured: isManual ? null : intent.amount,
    error: null,
    authenticated,
  })
  tx.emit('charge.succeeded', 'charge', charge)
  const paid = tx.change('payment_intent', intent, {
    status: isManual ? 'requires_capture' : 'succeeded',
    charge: charge.id,
    capturable: isManual ? intent.amount : 0,
    received: isManual ? 0 : intent.amount,
    error: null,
  })
  if (isManual) {
    tx.emit('payment_intent.amount_capturable_updated', 'payment_intent', paid)
    tx.after(AUTHORIZATION_SECONDS, 'expire_authorization', intent.id)
  } else {
    tx.emit('payment_intent.succeeded', 'payment_intent', paid)
    followCharge(tx, charge)
  }
  return show('payment_intent', paid)
}

function isDeclining({ behavior }: TestCard): boolean {
  return behavior === 'decline' || behavior === 'challenge_then_decline'
}

type Cause = Pick<PaymentError, 'code' | 'declineCode'>

/** The intent may be confirmed again, with another card. */
export function declineIntent(
  tx: Transaction,
  intent: Intent,
  method: PaymentMethod,
  { code, declineCode }: Cause,
): Reply {
  const message = declineMessages[declineCode ?? code] ?? 'Your card was declined.'
  const refusal: PaymentError = { code, declineCode, message, charge: null, method: method.id }
  const failed = tx.create('charge', {
    ...chargeFields(intent, method),
    status: 'failed',
    captured: null,
    error: refusal,
    authenticated: false,
  })
  tx.emit('charge.failed', 'charge', failed)
  const error = { ...refusal, charge: failed.id }
  const open = tx.change('payment_intent', intent, {
    status: 'requires_payment_method',
    method: null,
    charge: failed.id,
    error,
  })
  tx.emit('payment_intent.payment_failed', 'payment_intent', open)
  return { error: declined(error, open, method) }
}

function chargeFields(intent: Intent, method: PaymentMethod) {
  const { customer, description, shipping, receipt_email: receipt } = intent.extra
  return {
    intent: intent.id,
    amount: intent.amount,
    currency: intent.currency,
    refunded: 0,
    method: method.id,
    customer: typeof customer === 'string' ? customer : null,
    balance: null,
    disputed: false,
    expired: false,
    metadata: intent.metadata,
    extra: {
      ...(description !== undefined && { description }),
      ...(shipping !== undefined && { shipping }),
      ...(receipt !== undefined && { receipt_email: receipt }),
    },
  } satisfies Partial<Charge>
}
