/** Secrets that the processes of one installation share through their database. */
import { randomBytes } from 'node:crypto'
import type { Queryable } from './db.ts'

/** `cache_seal`: seals what is put into a cache that others can write to. */
export type SecretPurpose = 'cache_seal'

const SECRET_BYTES = 32

/** The secret of this purpose, made by whoever asks first; of several that ask together all get the same. */
export async function ensureInstallationSecret(
  database: Queryable,
  purpose: SecretPurpose,
): Promise<Buffer> {
  await database.query({
    name: 'installation_secrets_insert',
    text: `insert into installation_secrets (purpose, secret, created_at)
      values ($1, $2, payonce_clock()) on conflict (purpose) do nothing`,
    values: [purpose, randomBytes(SECRET_BYTES)],
  })
  const { rows } = await database.query<{ secret: Buffer }>({
    name: 'installation_secrets_get',
    text: 'select secret from installation_secrets where purpose = $1',
    values: [purpose],
  })
  const [row] = rows
  if (row === undefined) throw new Error(`the installation's secret ${purpose} has been deleted`)
  return row.secret
}
