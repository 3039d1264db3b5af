import type Stripe from 'stripe'
import type { BalanceTransaction, Dispute } from '../store/records.ts'
import type { State } from '../store/state.ts'
import { evidenceFields } from '../stripe/disputes/evidence-fields.ts'

const RESPONSE_SECONDS = 9 * 24 * 3600
const noEvidence = Object.fromEntries(evidenceFields.map((field) => [field, null])) as Record<
  (typeof evidenceFields)[number],
  null
>
const reasonCodes: Readonly<Record<string, string>> = {
  fraudulent: '10.4',
  product_not_received: '13.1',
}

export function presentDispute(
  state: State,
  dispute: Dispute,
  presentVersion: (one: BalanceTransaction) => Stripe.BalanceTransaction,
): Stripe.Dispute {
  const isInquiry = dispute.status.startsWith('warning_')
  return {
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    balance_transactions: dispute.balances.flatMap((id) => {
      const record = state.find('balance_transaction', id)
      return record === undefined ? [] : presentVersion(record)
    }),
    charge: dispute.charge,
    created: dispute.created,
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: { ...noEvidence, enhanced_evidence: {}, ...dispute.evidence },
    evidence_details: {
      due_by: dispute.created + RESPONSE_SECONDS,
      enhanced_eligibility: {},
      has_evidence: Object.keys(dispute.evidence).length > 0,
      past_due: false,
      submission_count: dispute.submissions,
      submission_method: dispute.submissions > 0 ? 'manual' : 'not_submitted',
    },
    intended_submission_method: null,
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: { ...dispute.metadata },
    payment_intent: dispute.intent,
    payment_method_details: {
      card: {
        brand: 'visa',
        case_type: isInquiry ? 'inquiry' : 'chargeback',
        network: 'visa',
        network_reason_code: reasonCodes[dispute.reason] ?? '12.5',
      },
      type: 'card',
    },
    reason: dispute.reason,
    status: dispute.status,
  }
}
