/** Every call the sandbox knows. A path that is written out comes before one whose end may be any id. */
import { listBalanceTransactions } from './balance/list.ts'
import { retrieveBalance } from './balance/retrieve.ts'
import { listCharges } from './charges/list.ts'
import { updateCharge } from './charges/update.ts'
import { createCustomer } from './customers/create.ts'
import { closeDispute } from './disputes/close.ts'
import { listDisputes } from './disputes/list.ts'
import { updateDispute } from './disputes/update.ts'
import { listEvents } from './events/list.ts'
import { attachMethod, detachMethod } from './methods/attach.ts'
import { createPaymentMethod } from './methods/create.ts'
import { listMethods } from './methods/list.ts'
import type { Operation } from './operation.ts'
import { cancel } from './payment-intents/cancel.ts'
import { capture } from './payment-intents/capture.ts'
import { confirm } from './payment-intents/confirm.ts'
import { createIntent } from './payment-intents/create.ts'
import { listIntents } from './payment-intents/list.ts'
import { searchIntents } from './payment-intents/search.ts'
import { updateIntent } from './payment-intents/update.ts'
import { createPayout } from './payouts/create.ts'
import { listPayouts } from './payouts/list.ts'
import { cancelRefund } from './refunds/cancel.ts'
import { createRefund } from './refunds/create.ts'
import { listRefunds } from './refunds/list.ts'
import { updateRefund } from './refunds/update.ts'
import { retrieve } from './retrieve.ts'
import { createEndpoint } from './webhook-endpoints/create.ts'
import { deleteEndpoint } from './webhook-endpoints/delete.ts'
import { listEndpoints, retrieveEndpoint } from './webhook-endpoints/read.ts'
import { updateEndpoint } from './webhook-endpoints/update.ts'

export const operations: readonly Operation[] = [
  createIntent,
  listIntents,
  searchIntents,
  retrieve('payment_intents', '/v1/payment_intents', 'payment_intent'),
  updateIntent,
  confirm,
  capture,
  cancel,
  createPaymentMethod,
  listMethods,
  retrieve('payment_methods', '/v1/payment_methods', 'payment_method'),
  attachMethod,
  detachMethod,
  createCustomer,
  retrieve('customers', '/v1/customers', 'customer'),
  createRefund,
  listRefunds,
  retrieve('refunds', '/v1/refunds', 'refund'),
  updateRefund,
  cancelRefund,
  listCharges,
  retrieve('charges', '/v1/charges', 'charge'),
  updateCharge,
  listDisputes,
  retrieve('disputes', '/v1/disputes', 'dispute'),
  updateDispute,
  closeDispute,
  createPayout,
  listPayouts,
  retrieve('payouts', '/v1/payouts', 'payout'),
  retrieveBalance,
  listBalanceTransactions,
  retrieve('balance_transactions', '/v1/balance_transactions', 'balance_transaction'),
  listEvents,
  retrieve('events', '/v1/events', 'event'),
  createEndpoint,
  listEndpoints,
  retrieveEndpoint,
  updateEndpoint,
  deleteEndpoint,
]
