/** Every call the sandbox knows. The order matters where one path could be read as another's id. */

import { listCharges } from './charges/list.ts'
import { listEvents } from './events/list.ts'
import type { Operation } from './operation.ts'
import { cancel } from './payment-intents/cancel.ts'
import { capture } from './payment-intents/capture.ts'
import { confirm } from './payment-intents/confirm.ts'
import { createIntent } from './payment-intents/create.ts'
import { listIntents } from './payment-intents/list.ts'
import { createRefund } from './refunds/create.ts'
import { listRefunds } from './refunds/list.ts'
import { retrieve } from './retrieve.ts'

export const operations: readonly Operation[] = [
  createIntent,
  listIntents,
  retrieve('payment_intents', '/v1/payment_intents', 'payment_intent'),
  confirm,
  capture,
  cancel,
  createRefund,
  listRefunds,
  retrieve('refunds', '/v1/refunds', 'refund'),
  listCharges,
  retrieve('charges', '/v1/charges', 'charge'),
  listEvents,
  retrieve('events', '/v1/events', 'event'),
]
