import type { Duties } from '../store/duties.ts'
import { bookCharge } from './balance/book-charge.ts'
import { expireAuthorization } from './payment-intents/expire-authorization.ts'
import { settleRefund } from './refunds/settle-refund.ts'

export const duties: Duties = {
  book_charge: bookCharge,
  expire_authorization: expireAuthorization,
  settle_refund: settleRefund,
  open_dispute: () => undefined,
  decide_dispute: () => undefined,
  move_payout: () => undefined,
}
