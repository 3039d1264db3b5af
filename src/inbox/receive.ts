/**
 * Inbox, receiving side: verify, store, answer.
 *
 * In: one delivery of a provider as headers and a stream of bytes. Out: what became of it, or a DomainError.
 * Promise: nothing is acknowledged before its commit, and nothing is kept that was not verified on its raw bytes.
 * Imports providers, store and domain; knows nothing of HTTP servers, so an edge function can call it too.
 */
import { DomainError } from '../domain/errors.ts'
import type { NewId } from '../domain/ids.ts'
import type { ProviderEventEnvelope } from '../domain/provider-event.ts'
import type { VerificationResult, WebhookVerification } from '../providers/webhook-verification.ts'
import type { ProviderAccount } from '../store/provider-accounts.ts'
import type { AccountDirectory } from './account-directory.ts'
import { buildIntakeRow, type DedupeDigest, dedupeDigest } from './build-intake-row.ts'
import type { ByteBudget } from './byte-budget.ts'
import type { IntakeResult, StoreDelivery } from './intake-batches.ts'
import { intakeErrorOf } from './intake-error.ts'
import type { IsOriginAllowed } from './origin-allow-list.ts'
import type { ParseBody } from './parse-body.ts'
import { type ReadBody, withBody } from './read-body.ts'
import { selectAccount } from './select-account.ts'
import {
  type WebhookHeaders,
  type WebhookProviderName,
  webhookProviders,
} from './webhook-providers.ts'

export type ReceiveDeps = {
  directory: AccountDirectory
  isOriginAllowed: IsOriginAllowed
  budget: ByteBudget
  parseBody: ParseBody
  store: StoreDelivery
  newId: NewId
  nowSeconds: () => number
  /** replaced only by tests that need two events with one digest */
  digest?: DedupeDigest
  /** told of each verified event before its transaction begins */
  onVerified?: (delivery: Omit<WebhookDelivery, 'body'>, envelope: ProviderEventEnvelope) => void
}

export type WebhookDelivery = {
  provider: WebhookProviderName
  /** undefined: the environment's account */
  accountId: string | undefined
  /** names in lower case */
  headers: WebhookHeaders
  body: AsyncIterable<Buffer>
  contentLength: number | undefined
  remoteAddress: string
  requestId: string
  correlationId: string
  /** the trace the request belongs to, as it is stored */
  traceContext: string | undefined
}

export type ReceivedWebhook = IntakeResult & { envelope: ProviderEventEnvelope }

const EXPLAINED_BODY_BYTES_MAX = 65_536
/** What an explanation counts for among the bytes of a turn. */
const EXPLANATION_COST_BYTES = 131_072

/** @throws DomainError when the delivery is refused, or could not be kept and shall be sent again */
export async function receiveWebhook(
  deps: ReceiveDeps,
  delivery: WebhookDelivery,
): Promise<ReceivedWebhook> {
  try {
    return await verifyAndStore(deps, delivery)
  } catch (error) {
    throw intakeErrorOf(error)
  }
}

async function verifyAndStore(
  deps: ReceiveDeps,
  delivery: WebhookDelivery,
): Promise<ReceivedWebhook> {
  checkEnvelopeOfRequest(deps, delivery)
  const endpoint = await deps.directory.findForEndpoint(delivery.provider, delivery.accountId)
  if (endpoint === undefined) throw unknownEndpoint(delivery.accountId)

  const provider = webhookProviders[delivery.provider]
  const header = textOf(delivery.headers[provider.signatureHeader])
  const verification = provider.startVerification({
    header,
    secrets: endpoint.webhookSecrets,
    nowSeconds: deps.nowSeconds(),
  })
  if (verification.failed) throw refusal(verification.failed)

  const source = { ...delivery, onChunk: verification.update }
  return withBody(source, deps.budget, async (read) => {
    const verified = verification.finish()
    if (!verified.ok) {
      throw refusal({ likelyCause: await explain(deps, verification, read), ...verified })
    }
    const { timestamp, secretIndex } = verified
    const signature = { header: header ?? '', timestamp, secretIndex }
    return storeVerified(deps, { ...delivery, body: await read.join(), signature, endpoint })
  })
}

/** Explaining costs more than verifying, so it is paced: a flood of bad signatures must not slow the good ones. */
async function explain(
  deps: ReceiveDeps,
  verification: WebhookVerification,
  read: ReadBody,
): Promise<string> {
  const turn = deps.budget.pass(EXPLANATION_COST_BYTES, 'new')
  if (turn !== undefined) await turn
  const isSmall = read.byteCount <= EXPLAINED_BODY_BYTES_MAX
  return verification.explain(isSmall ? await read.join() : undefined)
}

/** What can be refused before a byte of the body is read. */
function checkEnvelopeOfRequest(deps: ReceiveDeps, delivery: WebhookDelivery): void {
  if (!deps.isOriginAllowed(delivery.remoteAddress)) {
    throw new DomainError('origin_not_allowed', { internal: `from ${delivery.remoteAddress}` })
  }
  const encoding = textOf(delivery.headers['content-encoding'])
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new DomainError('content_encoding_unsupported')
  }
}

type Verified = Omit<WebhookDelivery, 'body'> & {
  body: Buffer
  signature: { header: string; timestamp: number; secretIndex: number }
  endpoint: ProviderAccount
}

async function storeVerified(deps: ReceiveDeps, verified: Verified): Promise<ReceivedWebhook> {
  const envelope = await deps.parseBody(verified.provider, verified.body)
  deps.onVerified?.(verified, envelope)
  const selected = await selectAccount(deps.directory, verified.endpoint, envelope)
  const row = buildIntakeRow(
    { ...verified, ...selected, envelope },
    { newId: deps.newId, digest: deps.digest ?? dedupeDigest },
  )
  const result = await deps.store(row)
  return { ...result, envelope }
}

/** Only the address without an id can be one that will be there later: its account is made by the first start. */
function unknownEndpoint(accountId: string | undefined): DomainError {
  return new DomainError(
    'unknown_webhook_endpoint',
    accountId === undefined
      ? { public: 'No account was made yet: start a Payonce on this database once.' }
      : {},
  )
}

function refusal(failed: Extract<VerificationResult, { ok: false }>): DomainError {
  return new DomainError(failed.code, failed.likelyCause ? { public: failed.likelyCause } : {})
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
