import type { Config } from '../config/config.ts'
import { readInstallationFile } from '../config/installation-file.ts'
import type { NewId } from '../domain/ids.ts'
import { explainFolderFault } from '../embedded/folder-fault.ts'
import { applyAnswers } from '../inbox/apply-answers.ts'
import { openLedgerAccounts } from '../ledger/accounts.ts'
import type { OperationDeps } from '../payments/operation-deps.ts'
import { openOperationWrites } from '../payments/operation-writes.ts'
import { createCircuitBreaker } from '../providers/circuit-breaker.ts'
import { guardPayments } from '../providers/guard-payments.ts'
import type { ProviderPayments } from '../providers/provider.ts'
import { openStripeClient } from '../providers/stripe/client.ts'
import { createStripePayments } from '../providers/stripe/payments.ts'
import type { Database } from '../store/db.ts'
import { isSandboxAccount } from '../store/provider-accounts.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Sandbox } from './open-sandbox.ts'

/** A stand-in for Stripe takes any key; Stripe itself is never called with this one. */
const SANDBOX_KEY = 'sk_test_sandbox'

/** Everything the calls that move money need, and the worker that finds out what became of them. */
export async function openPayments(deps: {
  config: Config
  database: Database
  /**
   * Another pool: a ledger account is opened from within a transaction, and requests that wait for one payment may hold
   * every connection of the first.
   */
  accountsDatabase: Database
  newId: NewId
  logger: Logger
  metrics: Metrics
  sandbox: Sandbox | undefined
}): Promise<OperationDeps> {
  const { config, database, newId, logger, metrics, sandbox } = deps
  const ledgerAccounts = openLedgerAccounts(deps.accountsDatabase, newId)
  const stripe = openStripe(config, metrics, sandbox?.address)
  const isOther = openSandboxCheck(deps.accountsDatabase, sandbox)
  const nowMs = () => performance.now()
  return {
    database,
    newId,
    ledgerAccounts,
    writes: openOperationWrites({
      ...{ database, newId, ledgerAccounts },
      applyAnswers: (tx, answers, at) => applyAnswers(tx, answers, { newId, ledgerAccounts, at }),
    }),
    isSandbox: sandbox !== undefined,
    providerOf: async (name, livemode, accountId) => {
      if (name !== 'stripe' || stripe?.livemode !== livemode) return undefined
      return accountId !== undefined && (await isOther(accountId)) ? undefined : stripe.payments
    },
    installationId: config.installationId ?? (await ownInstallationId(config.dataDir)),
    timeoutMs: config.providerTimeoutMs,
    settleMs: config.providerSettleMs,
    nowMs,
    telemetry: {
      paymentRequest: metrics.paymentRequest,
      idempotencyHit: metrics.idempotencyHit,
      attempt: ({ paymentId, attemptId, requestId, correlationId, ...told }) => {
        metrics.paymentAttempt(told.step, told.status)
        const ids = { request_id: requestId, correlation_id: correlationId, payment_id: paymentId }
        logger.info({ ...ids, attempt_id: attemptId, ...told }, 'payment attempt')
      },
    },
  }
}

async function ownInstallationId(dataDir: string): Promise<string> {
  return readInstallationFile(dataDir).catch((error: unknown) => {
    throw explainFolderFault(dataDir, error)
  })
}

/**
 * Whether an account is of the other kind than the one we call: a sandbox's payment is never looked for at Stripe, nor
 * a real one at the sandbox. An account stays what it is, so each is asked for once.
 */
function openSandboxCheck(database: Database, sandbox: Sandbox | undefined) {
  const known = new Map<string, boolean>()
  return async (accountId: string): Promise<boolean> => {
    if (sandbox !== undefined) return accountId !== sandbox.accountId
    const found = known.get(accountId) ?? (await isSandboxAccount(database, accountId))
    known.set(accountId, found)
    return found
  }
}

/** Undefined: there is no key, and nothing that stands in for Stripe. */
function openStripe(
  config: Config,
  metrics: Metrics,
  sandboxAddress: string | undefined,
): { payments: ProviderPayments; livemode: boolean } | undefined {
  const { secretKey, apiBase = sandboxAddress } = config.stripe
  if (secretKey === undefined && apiBase === undefined) return undefined
  const key = secretKey?.reveal() ?? SANDBOX_KEY
  const call = openStripeClient({
    secretKey: key,
    apiBase,
    timeoutMs: config.providerTimeoutMs,
    onError: metrics.stripeError,
  })
  const breaker = createCircuitBreaker({ nowMs: () => performance.now() })
  return {
    payments: guardPayments(createStripePayments(call), breaker),
    livemode: /^[a-z]+_live_/.test(key),
  }
}
