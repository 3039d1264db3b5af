import { type Config, readConfig } from '../config/config.ts'
import type { Database } from '../store/db.ts'
import type { Scope } from '../store/list-page.ts'
import { hasPayments, listMerchants, type Merchant } from '../store/merchants.ts'
import type { CallContext } from './frame/command.ts'
import { NotFoundError, UsageError } from './frame/failures.ts'
import { printable } from './frame/printable.ts'
import { openDatabaseOf } from './with-database.ts'

export type OpenScope = {
  database: Database
  /** it runs for this command alone: nobody else works on it meanwhile */
  isDatabaseOwn: boolean
  scope: Scope
  config: Config
}
type ScopeValues = { merchant: string | undefined; live: boolean; test: boolean }

/** The database, and whose rows of it are meant. What was not said is chosen when there is one sensible choice. */
export async function openScope(call: CallContext & { values: ScopeValues }): Promise<OpenScope> {
  const { live, test, merchant: named } = call.values
  if (live && test) throw new UsageError('--live and --test exclude each other')
  const config = readConfig(call.environment)
  const { database, isOwn: isDatabaseOwn } = await openDatabaseOf(call, config)
  const merchant = chooseMerchant(await listMerchants(database), named)
  const livemode = live || test ? live : await chooseMode(database, config, merchant.id)
  // Beside the result, so that a table in a pipe begins with its header.
  if (!call.output.json) {
    call.output.note(`${printable(merchant.name)}, ${livemode ? 'live' : 'test'} mode`)
  }
  return { database, isDatabaseOwn, scope: { merchantId: merchant.id, livemode }, config }
}

function chooseMerchant(merchants: Merchant[], named: string | undefined): Merchant {
  const found =
    named === undefined
      ? merchants
      : merchants.filter(({ id, name }) => id === named || name === named)
  const [only] = found
  if (only !== undefined && found.length === 1) return only
  const known = merchants.map(({ id, name }) => `${id} (${printable(name)})`).join(', ')
  if (merchants.length === 0) {
    throw new NotFoundError(
      'The database has no merchant yet. Start Payonce once: npx payonce start.',
    )
  }
  if (only === undefined) throw new NotFoundError(`There is no merchant "${named}", but ${known}.`)
  throw new UsageError(`--merchant must say which one: ${known}`)
}

/** As the configuration says; else the only mode in which anything was paid; else test. */
async function chooseMode(database: Database, config: Config, merchantId: string) {
  const { secretKey } = config.stripe
  if (secretKey !== undefined) return /^[a-z]+_live_/.test(secretKey.reveal())
  if (await hasPayments(database, { merchantId, livemode: false })) return false
  return hasPayments(database, { merchantId, livemode: true })
}
