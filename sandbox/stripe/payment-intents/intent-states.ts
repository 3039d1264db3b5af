/** The state machine of an intent, as one table: what may be asked in which status. Pure. */
import type { Intent, IntentStatus } from '../../store/records.ts'
import { refused, type StripeError } from '../errors.ts'

type Deed = 'confirm' | 'capture' | 'cancel' | 'update'

const allowed: Readonly<Record<Deed, readonly IntentStatus[]>> = {
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  capture: ['requires_capture'],
  cancel: [
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'requires_capture',
    'processing',
  ],
  update: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
}

export function assertMay(deed: Deed, intent: Intent): void {
  if (!allowed[deed].includes(intent.status)) throw unexpectedState(deed, intent)
}

function unexpectedState(deed: Deed, intent: Intent): StripeError {
  const { status } = intent
  const rule = `Only a PaymentIntent with one of the following statuses may be ${pastOf[deed]}: ${allowed[deed].join(', ')}.`
  const already =
    deed === 'confirm' && (status === 'succeeded' || status === 'requires_capture')
      ? `You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.`
      : `This PaymentIntent could not be ${pastOf[deed]} because it has a status of ${status}. ${rule}`
  return refused(already, 'payment_intent_unexpected_state', { intent })
}

const pastOf: Readonly<Record<Deed, string>> = {
  confirm: 'confirmed',
  capture: 'captured',
  cancel: 'canceled',
  update: 'updated',
}
