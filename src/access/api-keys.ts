/**
 * Access: who a request comes from.
 *
 * In: the request's headers. Out: the merchant and mode its key stands for, or undefined.
 * Promise: a key is stored as its SHA-256 only, compared in constant time, and dead within 10 s of being revoked.
 * Imports store and domain only.
 */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { MerchantId, NewId } from '../domain/ids.ts'
import { findApiKeyByPrefix, insertApiKey } from '../store/api-keys.ts'
import type { Queryable, Transaction } from '../store/db.ts'
import { digestOf, generateKeyText, prefixOf } from './key-text.ts'
import type { AuthenticatedCaller, CallerReading, RecentCallers } from './recent-callers.ts'

export type Authenticate = (
  headers: IncomingHttpHeaders,
) => Promise<AuthenticatedCaller | undefined>

/** Writes a key and returns its text, which exists nowhere else from then on. */
export async function createApiKey(
  tx: Transaction,
  newId: NewId,
  owner: { merchantId: MerchantId; livemode: boolean },
  keyText: string = generateKeyText(owner.livemode),
): Promise<{ id: string; keyText: string }> {
  const prefix = prefixOf(keyText)
  if (prefix === undefined) throw new RangeError('an API key has 24 to 255 characters')
  const id = newId('apiKey')
  await insertApiKey(tx, { id, ...owner, prefix, secretDigest: digestOf(keyText) })
  return { id, keyText }
}

// Compared with when no key has the prefix, so that both cases take the same steps.
const nobody = Buffer.alloc(32)

/** @param deps.recent absent: every request asks the database */
export function createAuthenticate(deps: {
  database: Queryable
  recent?: RecentCallers
}): Authenticate {
  const { database, recent } = deps
  const read = async (prefix: string, digest: Buffer): Promise<CallerReading | undefined> => {
    const row = await findApiKeyByPrefix(database, prefix)
    const matches = timingSafeEqual(digest, row?.secretDigest ?? nobody)
    if (row === undefined || !matches) return undefined
    const caller = { merchantId: row.merchantId, livemode: row.livemode, apiKeyId: row.id }
    return { caller, databaseMs: row.databaseMs }
  }
  return async (headers) => {
    const keyText = readKey(headers)
    const prefix = keyText === undefined ? undefined : prefixOf(keyText)
    if (keyText === undefined || prefix === undefined) return undefined
    const digest = digestOf(keyText)
    if (recent === undefined) return (await read(prefix, digest))?.caller
    return recent.find(digest, () => read(prefix, digest))
  }
}

/** `Authorization: Bearer <key>`, else `X-API-Key: <key>`. */
function readKey(headers: IncomingHttpHeaders): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1]
  if (bearer !== undefined) return bearer
  const named = headers['x-api-key']
  return typeof named === 'string' ? named.trim() : undefined
}
