/** What the calls that move money need, on the connections and the provider's client of one process. */
import { applyAnswers } from '../../../src/inbox/apply-answers.ts'
import type { LedgerAccounts } from '../../../src/ledger/accounts.ts'
import type { RequestDeps } from '../../../src/payments/operation-deps.ts'
import { openOperationWrites } from '../../../src/payments/operation-writes.ts'
import { noRecentAnswers } from '../../../src/payments/recent-answers.ts'
import type { CallStripe } from '../../../src/providers/stripe/client.ts'
import { createStripePayments } from '../../../src/providers/stripe/payments.ts'
import type { Database } from '../../../src/store/db.ts'
import type { openIdSource } from '../../../src/store/new-id.ts'

const TIMEOUT_MS = 10_000
const SETTLE_MS = 60_000

export function openPayments(deps: {
  database: Database
  newId: ReturnType<typeof openIdSource>
  ledgerAccounts: LedgerAccounts
  call: CallStripe
  /** as far as time goes by for a process: its own clock, and what the net adds to it */
  nowMs: () => number
}): RequestDeps {
  const { database, newId, ledgerAccounts, call, nowMs } = deps
  const stripe = createStripePayments(call)
  return {
    database,
    newId,
    ledgerAccounts,
    writes: openOperationWrites({
      ...{ database, newId, ledgerAccounts },
      applyAnswers: (tx, answers, at) => applyAnswers(tx, answers, { newId, ledgerAccounts, at }),
    }),
    providerOf: async (name, livemode) => (name === 'stripe' && !livemode ? stripe : undefined),
    isSandbox: false,
    installationId: 'net',
    timeoutMs: TIMEOUT_MS,
    settleMs: SETTLE_MS,
    nowMs,
    // What a cache remembers it may always have lost, so whatever holds must hold without one.
    recentAnswers: noRecentAnswers,
    telemetry: { paymentRequest: () => {}, idempotencyReplay: () => {}, attempt: () => {} },
  }
}
