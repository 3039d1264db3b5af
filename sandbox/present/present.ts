/** A version's wire form, by its kind. Pure: the same version gives the same bytes, today and after a restart. */
import type { Version } from '../store/records.ts'
import { presentBalanceTransaction } from './balance-transaction.ts'
import { presentCharge } from './charge.ts'
import { presentCustomer } from './customer.ts'
import { presentDispute } from './dispute.ts'
import { presentEvent } from './event.ts'
import { presentFraudWarning } from './fraud-warning.ts'
import { presentIntent } from './payment-intent.ts'
import { presentMethod } from './payment-method.ts'
import { presentPayout } from './payout.ts'
import type { Presenting } from './presenting.ts'
import { presentRefund } from './refund.ts'
import { presentEndpoint } from './webhook-endpoint.ts'

export const API_VERSION = '2026-10-28.endive'

export function present(from: Presenting, version: Version): object {
  switch (version.kind) {
    case 'payment_intent':
      return presentIntent(from, version.record)
    case 'charge':
      return presentCharge(from.state, version.record)
    case 'refund':
      return presentRefund(version.record)
    case 'dispute':
      return presentDispute(from.state, version.record, (row) =>
        presentBalanceTransaction(row, from.nowSeconds),
      )
    case 'payout':
      return presentPayout(version.record)
    case 'balance_transaction':
      return presentBalanceTransaction(version.record, from.nowSeconds)
    case 'payment_method':
      return presentMethod(version.record)
    case 'customer':
      return presentCustomer(version.record)
    case 'webhook_endpoint':
      return presentEndpoint(version.record)
    case 'early_fraud_warning':
      return presentFraudWarning(version.record)
    case 'event': {
      const { record } = version
      return presentEvent(record, {
        about: present(from, record.about),
        pending: from.state.pendingWebhooks(record.id),
        apiVersion: API_VERSION,
      })
    }
  }
}
