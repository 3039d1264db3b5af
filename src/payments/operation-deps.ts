import type { AttemptStep } from '../domain/attempt.ts'
import type { NewId } from '../domain/ids.ts'
import type { LedgerAccounts } from '../ledger/accounts.ts'
import type { ProviderPayments } from '../providers/provider.ts'
import type { Database } from '../store/db.ts'
import type { OperationWrites } from './operation-writes.ts'
import type { RecentAnswers } from './recent-answers.ts'

/** What the outside may want to count or log. */
export type OperationTelemetry = {
  /** the first answer to a request for a payment, by the payment's status */
  paymentRequest(status: string, seconds: number): void
  /** a final answer was given once more */
  idempotencyReplay(from: 'cache' | 'database'): void
  /** an attempt got another status; `seconds` the call took */
  attempt(told: {
    paymentId: string
    attemptId: string
    step: AttemptStep
    status: string
    reason: string | null
    seconds: number
    requestId: string
    correlationId: string
  }): void
}

export type OperationDeps = {
  database: Database
  newId: NewId
  ledgerAccounts: LedgerAccounts
  writes: OperationWrites
  /** new payments go to the sandbox's account, and not to a real one */
  isSandbox: boolean
  /** undefined: this process cannot call that provider in that mode, or not for that account */
  providerOf: (
    name: string,
    livemode: boolean,
    accountId?: string,
  ) => Promise<ProviderPayments | undefined>
  installationId: string
  /** how long one call may take */
  timeoutMs: number
  /** how long an account whose provider ignores idempotency keys is given to show an effect */
  settleMs: number
  /** a monotonic clock */
  nowMs: () => number
  telemetry: OperationTelemetry
}

/** What a request needs beyond it. */
export type RequestDeps = OperationDeps & { recentAnswers: RecentAnswers }
