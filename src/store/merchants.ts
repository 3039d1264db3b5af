import type { Queryable } from './db.ts'
import type { Scope } from './list-page.ts'

export type Merchant = { id: string; name: string }

/** More merchants than anybody picks one from by eye. */
const MERCHANTS_SHOWN_MAX = 100

/** The oldest first. */
export async function listMerchants(database: Queryable): Promise<Merchant[]> {
  const { rows } = await database.query<Merchant>({
    name: 'merchants_list',
    text: `select id, name from merchants order by merchants.id limit ${MERCHANTS_SHOWN_MAX}`,
  })
  return rows
}

export async function hasPayments(database: Queryable, scope: Scope): Promise<boolean> {
  const { rows } = await database.query<{ present: boolean }>({
    name: 'payments_any',
    text: 'select exists (select from payments where merchant_id = $1 and livemode = $2) as present',
    values: [scope.merchantId, scope.livemode],
  })
  return rows[0]?.present ?? false
}
