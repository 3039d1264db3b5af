/**
 * What the sandbox remembers: one small immutable record per object and version. The wire form is made from a
 * record when it is asked for, so a hundred thousand payments fit in memory and an event can hold its moment.
 */
export type Metadata = Readonly<Record<string, string>>
/** Parameters that are stored as they came and shown again, such as `description` or `shipping`. */
export type Extra = Readonly<Record<string, unknown>>

/** `n` is the object's ordinal within its kind: its id and all its chances are functions of it. */
type Numbered = { readonly id: string; readonly n: number; readonly created: number }

export type Intent = Numbered & {
  readonly amount: number
  readonly currency: string
  readonly status: IntentStatus
  readonly captureMethod: 'automatic' | 'automatic_async' | 'manual'
  readonly confirmationMethod: 'automatic' | 'manual'
  /** true: methods of the dashboard, with redirects; false: without; null: `payment_method_types` were named */
  readonly redirects: boolean | null
  readonly capturable: number
  readonly received: number
  readonly charge: string | null
  readonly method: string | null
  readonly returnUrl: string | null
  readonly error: PaymentError | null
  readonly canceledAt: number | null
  readonly cancelReason: string | null
  readonly metadata: Metadata
  readonly extra: Extra
}

export const intentStatuses = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'canceled',
] as const
export type IntentStatus = (typeof intentStatuses)[number]

/** Why a payment was refused, as `last_payment_error` and as the 402 answer. */
export type PaymentError = {
  readonly code: string
  readonly declineCode: string | null
  readonly message: string
  readonly charge: string | null
  readonly method: string | null
}

export type Charge = Numbered & {
  readonly intent: string
  readonly amount: number
  readonly currency: string
  readonly status: 'succeeded' | 'failed'
  readonly captured: number | null
  readonly refunded: number
  readonly method: string
  readonly customer: string | null
  readonly error: PaymentError | null
  readonly balance: string | null
  readonly disputed: boolean
  readonly expired: boolean
  readonly authenticated: boolean
  readonly metadata: Metadata
  readonly extra: Extra
}

export type Refund = Numbered & {
  readonly charge: string
  readonly intent: string
  readonly amount: number
  readonly currency: string
  readonly status: 'pending' | 'succeeded' | 'failed' | 'canceled'
  readonly reason: string | null
  readonly failureReason: string | null
  /** the rest of a hold that was let go: listed, but no money moved */
  readonly isRelease: boolean
  readonly balance: string | null
  readonly failureBalance: string | null
  readonly metadata: Metadata
}

export type Dispute = Numbered & {
  readonly charge: string
  readonly intent: string
  readonly amount: number
  readonly currency: string
  readonly status: DisputeStatus
  readonly reason: string
  readonly balances: readonly string[]
  readonly evidence: Readonly<Record<string, string>>
  readonly submissions: number
  readonly metadata: Metadata
}

export type DisputeStatus =
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost'

export type Payout = Numbered & {
  readonly amount: number
  readonly currency: string
  readonly status: 'pending' | 'in_transit' | 'paid' | 'failed' | 'canceled'
  readonly automatic: boolean
  readonly method: 'standard' | 'instant'
  readonly destination: string
  readonly arrival: number
  readonly balance: string | null
  readonly failureBalance: string | null
  readonly failureCode: string | null
  readonly metadata: Metadata
  readonly extra: Extra
}

export type BalanceTransaction = Numbered & {
  readonly type: 'charge' | 'refund' | 'refund_failure' | 'adjustment' | 'payout' | 'payout_failure'
  readonly amount: number
  readonly fee: number
  readonly currency: string
  readonly source: string
  readonly available: number
  readonly description: string | null
  readonly payout: string | null
}

export type PaymentMethod = Numbered & {
  /** the test card's name, never its number */
  readonly card: string
  readonly month: number
  readonly year: number
  readonly customer: string | null
  readonly billing: Extra
  readonly metadata: Metadata
}

export type Customer = Numbered & {
  readonly extra: Extra
  readonly metadata: Metadata
}

export type Endpoint = Numbered & {
  readonly url: string
  readonly secret: string
  readonly types: readonly string[]
  readonly enabled: boolean
  readonly deleted: boolean
  readonly description: string | null
  readonly apiVersion: string | null
  readonly metadata: Metadata
}

export type FraudWarning = Numbered & { readonly charge: string; readonly intent: string }

export type Records = {
  payment_intent: Intent
  charge: Charge
  refund: Refund
  dispute: Dispute
  payout: Payout
  balance_transaction: BalanceTransaction
  payment_method: PaymentMethod
  customer: Customer
  webhook_endpoint: Endpoint
  early_fraud_warning: FraudWarning
  event: EventRecord
}
export type Kind = keyof Records

/** An object at a moment. */
export type Version = { [K in Kind]: { readonly kind: K; readonly record: Records[K] } }[Kind]

export type EventRecord = Numbered & {
  readonly type: string
  readonly about: Version
  readonly previous: Extra | null
  readonly requestId: string | null
  readonly key: string | null
  /** the endpoints it is owed to, as they were when it happened */
  readonly owed: readonly string[]
}

export const idPrefixes: Readonly<Record<Kind, string>> = {
  payment_intent: 'pi',
  charge: 'ch',
  refund: 're',
  dispute: 'dp',
  payout: 'po',
  balance_transaction: 'txn',
  payment_method: 'pm',
  customer: 'cus',
  webhook_endpoint: 'we',
  early_fraud_warning: 'issfr',
  event: 'evt',
}
