import { refused } from '../errors.ts'
import { operation, show } from '../operation.ts'
import { close } from './decide-dispute.ts'
import { needsResponse } from './update.ts'

/** Gives up: the dispute is lost, an inquiry just closed. */
export const closeDispute = operation({
  name: 'disputes.close',
  method: 'POST',
  path: '/v1/disputes/:id/close',
  read: () => undefined,
  run: (tx, _, id) => {
    const dispute = tx.get('dispute', id)
    if (!needsResponse(dispute))
      throw refused(`This dispute is already ${dispute.status}.`, 'dispute_already_closed')
    close(tx, dispute, dispute.status === 'needs_response' ? 'lost' : 'warning_closed')
    return show('dispute', tx.get('dispute', id))
  },
})
