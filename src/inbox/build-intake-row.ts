import { hash } from 'node:crypto'
import type { NewId } from '../domain/ids.ts'
import { laneOf } from '../domain/lane.ts'
import type { IgnoredReason, ProviderEventEnvelope } from '../domain/provider-event.ts'
import type { IntakeRow } from '../store/inbox-intake.ts'
import type { ProviderAccount } from '../store/provider-accounts.ts'
import type { WebhookHeaders } from './webhook-providers.ts'

/** 32 hexadecimal digits that stand for one event of one account. */
export type DedupeDigest = (providerAccountId: string, eventId: string) => string

export const dedupeDigest: DedupeDigest = (providerAccountId, eventId) =>
  hash('sha256', `${providerAccountId}\u0000${eventId}`, 'hex').slice(0, 32)

export type Delivery = {
  envelope: ProviderEventEnvelope
  account: ProviderAccount
  ignoredReason: IgnoredReason | undefined
  headers: WebhookHeaders
  signature: IntakeRow['signature']
  body: Buffer
  requestId: string
  correlationId: string
  traceContext: string | undefined
}

export function buildIntakeRow(
  delivery: Delivery,
  deps: { newId: NewId; digest: DedupeDigest },
): IntakeRow {
  const { envelope, account } = delivery
  return {
    id: deps.newId('inboxEvent'),
    merchantId: account.merchantId,
    livemode: envelope.livemode ?? account.livemode ?? false,
    providerAccountId: account.id,
    eventId: envelope.eventId,
    dedupeDigest: deps.digest(account.id, envelope.eventId),
    type: envelope.type,
    apiVersion: envelope.apiVersion,
    objectReference: envelope.objectReference,
    createdAtSeconds: envelope.createdAtSeconds,
    orderingKey: envelope.orderingKey,
    lane: laneOf(envelope.orderingKey),
    requestId: delivery.requestId,
    correlationId: delivery.correlationId,
    traceContext: delivery.traceContext,
    ignoredReason: delivery.ignoredReason,
    headers: keptHeaders(delivery.headers),
    signature: delivery.signature,
    body: delivery.body,
  }
}

/** All headers, so that a delivery can be verified again, but nobody's credentials. */
function keptHeaders(headers: WebhookHeaders): IntakeRow['headers'] {
  const kept: IntakeRow['headers'] = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined && name !== 'authorization' && name !== 'cookie') kept[name] = value
  }
  return kept
}
