import { mergeMetadata, type Params } from '../../http/params.ts'
import type { Dispute } from '../../store/records.ts'
import { invalid, refused } from '../errors.ts'
import { operation, show } from '../operation.ts'
import { evidenceFields } from './evidence-fields.ts'

/** Stages evidence, or hands it in: then it is under review until the bank decides. */
export const updateDispute = operation({
  name: 'disputes.update',
  method: 'POST',
  path: '/v1/disputes/:id',
  read: (params) => ({
    evidence: readEvidence(params.nested('evidence')),
    submits: params.flag('submit') ?? true,
    metadata: params.metadata(),
  }),
  run: (tx, { evidence, submits, metadata }, id) => {
    const dispute = tx.get('dispute', id)
    if (evidence !== undefined && !needsResponse(dispute))
      throw refused(
        `This dispute is ${dispute.status}; evidence can no longer be submitted.`,
        'dispute_already_closed',
      )
    const isSubmitted = evidence !== undefined && submits
    const updated = tx.change('dispute', dispute, {
      evidence: { ...dispute.evidence, ...evidence },
      metadata: mergeMetadata(dispute.metadata, metadata),
      submissions: dispute.submissions + (isSubmitted ? 1 : 0),
      status: isSubmitted ? reviewOf(dispute) : dispute.status,
    })
    tx.emit('charge.dispute.updated', 'dispute', updated)
    if (isSubmitted) tx.after(tx.timing.disputeDelaySeconds, 'decide_dispute', id)
    return show('dispute', updated)
  },
})

export const needsResponse = ({ status }: Dispute) =>
  status === 'needs_response' || status === 'warning_needs_response'

function reviewOf({ status }: Dispute): Dispute['status'] {
  return status === 'needs_response' ? 'under_review' : 'warning_under_review'
}

function readEvidence(params: Params | undefined): Record<string, string> | undefined {
  if (params === undefined) return undefined
  params.ignore('enhanced_evidence')
  const found = evidenceFields.flatMap((field) => {
    const value = params.text(field)
    return value === undefined ? [] : [[field, value] as const]
  })
  const length = found.reduce((sum, [, value]) => sum + value.length, 0)
  if (length > 150_000)
    throw invalid('Evidence is limited to 150,000 characters in all.', 'evidence')
  return Object.fromEntries(found)
}
