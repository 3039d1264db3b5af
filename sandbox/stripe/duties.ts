import type { Duties } from '../store/duties.ts'
import { bookCharge } from './balance/book-charge.ts'
import { decideDispute } from './disputes/decide-dispute.ts'
import { openDisputes } from './disputes/open-dispute.ts'
import { expireAuthorization } from './payment-intents/expire-authorization.ts'
import { movePayout } from './payouts/move-payout.ts'
import { payOutDaily } from './payouts/pay-out-daily.ts'
import { settleRefund } from './refunds/settle-refund.ts'

export const duties: Duties = {
  book_charge: bookCharge,
  expire_authorization: expireAuthorization,
  settle_refund: settleRefund,
  open_dispute: openDisputes,
  decide_dispute: decideDispute,
  move_payout: movePayout,
  pay_out_daily: payOutDaily,
}
