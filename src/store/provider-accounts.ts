import type { MerchantId, NewId, ProviderAccountId } from '../domain/ids.ts'
import type { Queryable, Transaction } from './db.ts'

export type ProviderName = 'stripe' | 'paypal' | 'card_network'

export type ProviderAccount = {
  id: ProviderAccountId
  merchantId: MerchantId
  provider: ProviderName
  /** undefined: each event says its mode */
  livemode: boolean | undefined
  isEnvironment: boolean
  webhookSecrets: readonly string[]
}

type Row = Omit<ProviderAccount, 'livemode'> & { livemode: boolean | null }

const COLUMNS = `id, merchant_id as "merchantId", provider, livemode,
  is_environment as "isEnvironment", webhook_secrets as "webhookSecrets"`
/** A connected account has one row a mode, and a few more where several merchants share it. */
const CONNECTED_COUNT_MAX = 10

export async function findProviderAccount(
  db: Queryable,
  id: ProviderAccountId,
): Promise<ProviderAccount | undefined> {
  const { rows } = await db.query<Row>({
    name: 'provider_account_find',
    text: `select ${COLUMNS} from provider_accounts where id = $1`,
    values: [id],
  })
  return rows.map(fromRow)[0]
}

/** The account whose webhook endpoint tells of this one: its parent, or itself. */
export async function findEndpointAccount(
  db: Queryable,
  id: string,
): Promise<ProviderAccount | undefined> {
  const { rows } = await db.query<Row>({
    name: 'provider_account_find_endpoint',
    text: `select ${COLUMNS} from provider_accounts
      where id = (select coalesce(parent_id, id) from provider_accounts where id = $1)`,
    values: [id],
  })
  return rows.map(fromRow)[0]
}

export async function findEnvironmentAccount(
  db: Queryable,
  provider: ProviderName,
): Promise<ProviderAccount | undefined> {
  const { rows } = await db.query<Row>({
    name: 'provider_account_find_environment',
    text: `select ${COLUMNS} from provider_accounts where provider = $1 and is_environment`,
    values: [provider],
  })
  return rows.map(fromRow)[0]
}

/** The rows of one connected account under the account whose webhook endpoint tells of it, oldest first. */
export async function listConnectedAccounts(
  db: Queryable,
  connected: { parentId: ProviderAccountId; externalAccount: string },
): Promise<ProviderAccount[]> {
  const { rows } = await db.query<Row>({
    name: 'provider_account_list_connected',
    text: `select ${COLUMNS} from provider_accounts
      where parent_id = $1 and external_account = $2 order by id limit ${CONNECTED_COUNT_MAX}`,
    values: [connected.parentId, connected.externalAccount],
  })
  return rows.map(fromRow)
}

export type EnvironmentAccountWishes = {
  provider: ProviderName
  merchantName: string
  livemode: boolean | undefined
  /** configured secrets are never stored: the configuration stays their only home */
  configuredSecretsPresent: boolean
  newSecret: () => string
  newId: NewId
}

/**
 * The account of `POST /webhooks/<provider>`; made, with the first merchant, on an empty database.
 * A secret is generated once when the configuration has none, and stays when the configuration loses its own.
 */
export async function ensureEnvironmentAccount(
  tx: Transaction,
  wishes: EnvironmentAccountWishes,
): Promise<{ account: ProviderAccount; created: boolean }> {
  // Two processes may start on one empty database.
  await tx.query({
    name: 'provider_account_environment_lock',
    text: `select pg_advisory_xact_lock(hashtext('payonce environment account'))`,
  })
  const found = await findEnvironmentAccount(tx, wishes.provider)
  if (found !== undefined)
    return { account: await followConfiguration(tx, found, wishes), created: false }
  const secrets = wishes.configuredSecretsPresent ? [] : [wishes.newSecret()]
  const { rows } = await tx.query<Row>({
    name: 'provider_account_create_environment',
    text: `with known as (
        select id from merchants order by id limit 1
      ), created as (
        insert into merchants (id, name, created_at)
        select $1, $2, payonce_clock() where not exists (select from known) returning id
      )
      insert into provider_accounts (id, merchant_id, provider, livemode, is_environment, webhook_secrets, created_at)
      select $3, merchant.id, $4, $5, true, $6, payonce_clock()
      from (select id from known union all select id from created) merchant
      returning ${COLUMNS}`,
    values: [
      wishes.newId('merchant'),
      wishes.merchantName,
      wishes.newId('providerAccount'),
      wishes.provider,
      wishes.livemode ?? null,
      secrets,
    ],
  })
  const account = rows.map(fromRow)[0]
  if (account === undefined) throw new Error('The environment account was not created.')
  return { account, created: true }
}

async function followConfiguration(
  tx: Transaction,
  account: ProviderAccount,
  wishes: EnvironmentAccountWishes,
): Promise<ProviderAccount> {
  const needsSecret = !wishes.configuredSecretsPresent && account.webhookSecrets.length === 0
  if (!needsSecret && account.livemode === wishes.livemode) return account
  const secrets = needsSecret ? [wishes.newSecret()] : account.webhookSecrets
  await tx.query({
    name: 'provider_account_follow_configuration',
    text: 'update provider_accounts set livemode = $2, webhook_secrets = $3 where id = $1',
    values: [account.id, wishes.livemode ?? null, secrets],
  })
  return { ...account, livemode: wishes.livemode, webhookSecrets: secrets }
}

function fromRow(row: Row): ProviderAccount {
  return { ...row, livemode: row.livemode ?? undefined }
}

/** Whether the account's provider honors idempotency keys. */
export async function readIdempotencyRule(
  db: Queryable,
  id: string,
): Promise<'honored' | 'ignored'> {
  const { rows } = await db.query<{ idempotency: 'honored' | 'ignored' }>({
    name: 'provider_account_idempotency',
    text: 'select idempotency from provider_accounts where id = $1',
    values: [id],
  })
  return rows[0]?.idempotency ?? 'honored'
}

/** What tells the sandbox's account from a real one. */
const SANDBOX_EXTERNAL_ACCOUNT = 'sandbox'

/** The account of a merchant that payments are made at; the sandbox's only when that is asked for. */
export async function findAccountOfMerchant(
  db: Queryable,
  wanted: { merchantId: string; livemode: boolean; provider: ProviderName; isSandbox: boolean },
): Promise<ProviderAccountId | undefined> {
  const { rows } = await db.query<{ id: ProviderAccountId }>({
    name: 'provider_account_of_merchant',
    text: `select id from provider_accounts
      where merchant_id = $1 and provider = $2 and parent_id is null and coalesce(livemode, $3) = $3
        and (external_account is not distinct from '${SANDBOX_EXTERNAL_ACCOUNT}') = $4
      order by is_environment desc, id limit 1`,
    values: [wanted.merchantId, wanted.provider, wanted.livemode, wanted.isSandbox],
  })
  return rows[0]?.id
}

/** The account of the sandbox, made when it is not there: of the merchant, in test mode, with a secret of its own. */
export async function ensureSandboxAccount(
  db: Queryable,
  wishes: { merchantId: MerchantId; newSecret: () => string; newId: NewId },
): Promise<ProviderAccount> {
  await db.query({
    name: 'provider_account_create_sandbox',
    text: `insert into provider_accounts
        (id, merchant_id, provider, livemode, external_account, webhook_secrets, created_at)
      values ($1, $2, 'stripe', false, '${SANDBOX_EXTERNAL_ACCOUNT}', $3, payonce_clock()) on conflict do nothing`,
    values: [wishes.newId('providerAccount'), wishes.merchantId, [wishes.newSecret()]],
  })
  const { rows } = await db.query<Row>({
    name: 'provider_account_find_sandbox',
    text: `select ${COLUMNS} from provider_accounts
      where merchant_id = $1 and parent_id is null and external_account = '${SANDBOX_EXTERNAL_ACCOUNT}'`,
    values: [wishes.merchantId],
  })
  const account = rows.map(fromRow)[0]
  if (account === undefined) throw new Error('The account of the sandbox was not created.')
  return account
}

/** Whether an account is a sandbox's: no real provider is ever asked about what is in it. */
export async function isSandboxAccount(db: Queryable, id: string): Promise<boolean> {
  const { rows } = await db.query({
    name: 'provider_account_is_sandbox',
    text: `select 1 from provider_accounts where id = $1 and external_account = '${SANDBOX_EXTERNAL_ACCOUNT}'`,
    values: [id],
  })
  return rows.length > 0
}
