import type { Config } from '../config/config.ts'
import { readInstallationFile } from '../config/installation-file.ts'
import type { CircuitBreaker, CircuitState } from '../domain/circuit-breaker.ts'
import type { NewId } from '../domain/ids.ts'
import { explainFolderFault } from '../embedded/folder-fault.ts'
import type { ReadinessCheck } from '../http/routes/health.ts'
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

export type OpenPayments = OperationDeps & {
  /** undefined: this process calls no provider */
  providerHealth: (() => ReadinessCheck) | undefined
}

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
}): Promise<OpenPayments> {
  const { config, database, newId, logger, metrics, sandbox } = deps
  const ledgerAccounts = openLedgerAccounts(deps.accountsDatabase, newId)
  const onStateChange = (state: CircuitState) => {
    metrics.providerCircuit('stripe', state)
    const told = { provider: 'stripe', state }
    if (state === 'OPEN') logger.warn(told, 'provider is not called for a while')
    else logger.info(told, 'provider is called again')
  }
  const stripe = openStripe(config, metrics, sandbox?.address, onStateChange)
  const isOther = openSandboxCheck(deps.accountsDatabase, sandbox)
  const nowMs = () => performance.now()
  return {
    providerHealth: stripe && (() => healthOf(stripe.breaker)),
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
      idempotencyReplay: metrics.idempotencyReplay,
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
  onStateChange: (state: CircuitState) => void,
): { payments: ProviderPayments; livemode: boolean; breaker: CircuitBreaker } | undefined {
  const { secretKey, apiBase = sandboxAddress } = config.stripe
  if (secretKey === undefined && apiBase === undefined) return undefined
  const key = secretKey?.reveal() ?? SANDBOX_KEY
  const call = openStripeClient({
    secretKey: key,
    apiBase,
    timeoutMs: config.providerTimeoutMs,
    onError: metrics.stripeError,
  })
  const breaker = createCircuitBreaker({ nowMs: () => performance.now(), onStateChange })
  metrics.providerCircuit('stripe', breaker.state)
  return {
    payments: guardPayments(createStripePayments(call), breaker),
    breaker,
    livemode: /^[a-z]+_live_/.test(key),
  }
}

function healthOf({ state, failureCount }: CircuitBreaker): ReadinessCheck {
  return state === 'CLOSED'
    ? { ok: true, detail: 'answers, as far as it was asked' }
    : { ok: false, detail: `${state} after ${failureCount} failures in a row` }
}
