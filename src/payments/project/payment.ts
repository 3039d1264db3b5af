/**
 * A payment as a pure function of the facts of its provider objects. Permuting or repeating the events behind the
 * facts changes nothing here, because the facts are the same.
 */
import type { BalanceTransaction, Capture } from '../../domain/money-facts.ts'
import {
  type NextAction,
  type PaymentError,
  type PaymentStatus,
  refundHoldsMoney,
} from '../../domain/payment.ts'
import { type ObjectView, type ProviderObject, viewOf } from '../../domain/provider-object.ts'
import { projectBalanceTransactions, projectCaptures } from './captures.ts'
import { disputeHoldsMoney, type ProjectedDispute, projectDisputes } from './disputes.ts'
import { type ProjectedRefund, projectRefunds } from './refunds.ts'
import { leastOf } from './seconds.ts'
import { projectStatus } from './status.ts'

export type ProjectedPayment = {
  providerReference: string
  amountMinor: bigint
  currency: string
  status: PaymentStatus
  captureMethod: 'automatic' | 'manual'
  capturableMinor: bigint
  receivedMinor: bigint
  refundedMinor: bigint
  disputedMinor: bigint
  description: string | null
  metadata: Record<string, string>
  /** the merchant's own, as the provider carries it */
  reference: string | null
  lastError: PaymentError | null
  nextAction: NextAction | null
  succeededAtSeconds: number | undefined
  canceledAtSeconds: number | undefined
  captures: Capture[]
  balanceTransactions: BalanceTransaction[]
  refunds: ProjectedRefund[]
  disputes: ProjectedDispute[]
}

/** Undefined while the objects do not even tell a currency. */
export function projectPayment(objects: ProviderObject[]): ProjectedPayment | undefined {
  const views = (kind: ProviderObject['kind']) =>
    objects.filter((object) => object.kind === kind).map(viewOf)
  const sorted = (kind: ProviderObject['kind']) =>
    views(kind).sort((a, b) => (a.reference < b.reference ? -1 : 1))
  // One that another object has only named tells nothing yet.
  const firstTold = (of: ObjectView[]) => of.find((view) => view.text('currency') !== undefined)
  const intent = firstTold(sorted('intent'))
  const charges = sorted('charge')
  const charge = firstTold(charges)
  const root = intent ?? charge
  const currency = root?.text('currency')
  if (root === undefined || currency === undefined) return undefined

  const captures = projectCaptures(intent, charges)
  const refunds = projectRefunds(charges, views('refund'))
  const disputes = projectDisputes(sorted('dispute'))
  const status = projectStatus(intent, charges, captures.length > 0)
  const first = (name: string) =>
    leastOf([root.since[name], ...captures.map((one) => one.atSeconds)])
  return {
    providerReference: root.reference,
    amountMinor: root.amount('amount'),
    currency,
    status,
    captureMethod: root.text('capture_method') === 'manual' ? 'manual' : 'automatic',
    capturableMinor: status === 'requires_capture' ? capturable(intent, charges) : 0n,
    receivedMinor: sum(captures),
    refundedMinor: sum(refunds.filter((refund) => refundHoldsMoney(refund.status))),
    disputedMinor: sum(disputes.filter(disputeHoldsMoney)),
    description: root.text('description') ?? null,
    metadata: textsOf(root.object('metadata')),
    reference: root.text('reference') ?? null,
    lastError: (root.object('last_error') as PaymentError | undefined) ?? null,
    nextAction:
      status === 'requires_action'
        ? ((root.object('next_action') as NextAction | undefined) ?? null)
        : null,
    succeededAtSeconds: status === 'succeeded' ? first('succeeded') : undefined,
    canceledAtSeconds:
      status === 'canceled' ? leastOf([root.since.canceled, root.since.released]) : undefined,
    captures,
    // A charge has one balance transaction; should a provider ever tell two, the first by id is booked.
    balanceTransactions: charges.flatMap((charge) =>
      projectBalanceTransactions(charge).slice(0, 1),
    ),
    refunds,
    disputes,
  }
}

/** What the intent says is held; while its own event is on its way, all of what the charge holds. */
function capturable(intent: ObjectView | undefined, charges: ObjectView[]): bigint {
  const told = intent?.amount('capturable') ?? 0n
  if (told > 0n) return told
  return charges.find((one) => one.text('status') === 'succeeded')?.amount('amount') ?? 0n
}

function sum(parts: { amountMinor: bigint }[]): bigint {
  return parts.reduce((total, part) => total + part.amountMinor, 0n)
}

function textsOf(object: Record<string, unknown> | undefined): Record<string, string> {
  return (object ?? {}) as Record<string, string>
}
