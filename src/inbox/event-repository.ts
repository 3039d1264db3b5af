/**
 * The inbox as a repository, for programs that embed it: the three documented methods over the same tables and rules
 * as the webhook intake. What is inserted here is trusted as it is: no signature is checked.
 */
import { DomainError } from '../domain/errors.ts'
import type { EventRepository, StripeEvent } from '../domain/event-repository.ts'
import type { NewId } from '../domain/ids.ts'
import type { Database } from '../store/db.ts'
import { findEventId, findStoredBody } from '../store/inbox-replays.ts'
import type { ProviderAccount } from '../store/provider-accounts.ts'
import { buildIntakeRow, dedupeDigest } from './build-intake-row.ts'
import { requeueStoredEvent } from './requeue-stored-event.ts'
import { storeDeliveries } from './store-deliveries.ts'
import { webhookProviders } from './webhook-providers.ts'

export function createEventRepository(deps: {
  database: Database
  newId: NewId
  account: ProviderAccount
  onStored: (count: number) => void
}): EventRepository {
  const { database, newId, account, onStored } = deps
  const digestOf = (eventId: string) => dedupeDigest(account.id, eventId)
  return {
    insertEvent: async (event) => {
      const envelope = webhookProviders.stripe.readEnvelope(event)
      const id = newId('inboxEvent')
      const delivery = {
        envelope,
        account,
        ignoredReason: undefined,
        headers: {},
        signature: { header: '', timestamp: envelope.createdAtSeconds, secretIndex: -1 },
        body: Buffer.from(JSON.stringify(event)),
        requestId: id,
        correlationId: id,
        traceContext: undefined,
      }
      const row = buildIntakeRow(delivery, { newId, digest: dedupeDigest })
      const [result] = await storeDeliveries({ db: database, newId, onStored }, [row])
      if (result?.status === 'collision') throw new DomainError('event_id_collision')
    },
    getEvent: async (eventId) => {
      const body = await findStoredBody(database, digestOf(eventId))
      if (body === undefined) throw new DomainError('not_found')
      return JSON.parse(body) as StripeEvent
    },
    updateEvent: async ({ id }) => {
      const inboxEventId = await findEventId(database, digestOf(id))
      if (inboxEventId === undefined) throw new DomainError('not_found')
      const { outcome } = await database.transaction((tx) =>
        requeueStoredEvent(tx, { newId }, inboxEventId),
      )
      if (outcome === 'not_found') throw new DomainError('not_found')
      if (outcome === 'queued') onStored(1)
    },
  }
}
