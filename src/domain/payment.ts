/**
 * Payment statuses and the transitions between them, in one table.
 *
 * A provider may tell us less than every step (an event can come late or never), so what a provider reports may
 * skip along this graph; what *we* ask for may only follow an edge.
 */
export const paymentStatuses = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'canceled',
  'failed',
] as const
export type PaymentStatus = (typeof paymentStatuses)[number]

export const paymentTransitions = {
  requires_payment_method: [
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
    'failed',
  ],
  requires_confirmation: [
    'requires_payment_method',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
    'failed',
  ],
  requires_action: [
    'requires_payment_method',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
    'failed',
  ],
  processing: [
    'requires_payment_method',
    'requires_action',
    'requires_capture',
    'succeeded',
    'canceled',
    'failed',
  ],
  // Some methods take their time to capture.
  requires_capture: ['processing', 'succeeded', 'canceled'],
  succeeded: [],
  canceled: [],
  failed: [],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>

/** A final status is never left. */
export function isFinal(status: PaymentStatus): boolean {
  return paymentTransitions[status].length === 0
}

export function isPaymentStatus(text: unknown): text is PaymentStatus {
  return (paymentStatuses as readonly unknown[]).includes(text)
}

/**
 * How far a second effect of one operation is undone. `left` is for a person: it is not what was asked for, the provider
 * refused, or the money came back.
 */
export const duplicateUndoStates = ['due', 'canceling', 'refunding', 'undone', 'left'] as const
export type DuplicateUndo = (typeof duplicateUndoStates)[number]

/** Why the last attempt did not succeed, as the wire shows it. */
export type PaymentError = {
  code: string
  decline_code: string | null
  message: string | null
  retryable: boolean
}

/** What the customer has to do before the payment can go on. */
export type NextAction = { type: string; url?: string; return_url?: string }

export const refundStatuses = [
  'pending',
  'requires_action',
  'succeeded',
  'failed',
  'canceled',
] as const
export type RefundStatus = (typeof refundStatuses)[number]

/** A refund that failed or was canceled gave the money back to us; every other one holds it. */
export function refundHoldsMoney(status: RefundStatus): boolean {
  return status !== 'failed' && status !== 'canceled'
}

export const payoutStatuses = ['pending', 'in_transit', 'paid', 'failed', 'canceled'] as const
export type PayoutStatus = (typeof payoutStatuses)[number]
