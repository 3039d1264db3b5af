/** API keys: found by their public prefix, told apart by the digest of the whole key. */
import type { MerchantId } from '../domain/ids.ts'
import type { Queryable, Transaction } from './db.ts'

export type ApiKeyRow = {
  id: string
  merchantId: MerchantId
  livemode: boolean
  prefix: string
  secretDigest: Buffer
}

/** The key of this prefix that nobody has revoked, and the database's time while it was read. */
export async function findApiKeyByPrefix(
  database: Queryable,
  prefix: string,
): Promise<(ApiKeyRow & { databaseMs: number }) | undefined> {
  const { rows } = await database.query<ApiKeyRow & { databaseMs: number }>({
    name: 'api_keys_find_by_prefix',
    text: `select id, merchant_id as "merchantId", livemode, prefix, secret_digest as "secretDigest",
        (extract(epoch from payonce_clock()) * 1000)::float8 as "databaseMs"
      from api_keys where prefix = $1 and revoked_at is null`,
    values: [prefix],
  })
  return rows[0]
}

export async function insertApiKey(database: Queryable, key: ApiKeyRow): Promise<void> {
  await database.query({
    name: 'api_keys_insert',
    text: `insert into api_keys (id, merchant_id, livemode, prefix, secret_digest, created_at)
      values ($1, $2, $3, $4, $5, payonce_clock())`,
    values: [key.id, key.merchantId, key.livemode, key.prefix, key.secretDigest],
  })
}

/** Whether anybody could sign in at all; a revoked key counts, so that revoking the last one opens no door. */
export async function hasApiKeys(database: Queryable): Promise<boolean> {
  const { rows } = await database.query<{ present: boolean }>({
    name: 'api_keys_any',
    text: 'select exists (select from api_keys) as present',
  })
  return rows[0]?.present ?? false
}

/** Two processes that start on one empty database make one pair of keys: the second waits here and then sees it. */
export async function lockFirstKeys(tx: Transaction): Promise<void> {
  await tx.query({
    name: 'api_keys_lock_first',
    text: `select pg_advisory_xact_lock(hashtextextended('payonce first api keys', 0))`,
  })
}
