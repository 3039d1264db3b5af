import type { Queryable } from './db.ts'
import { listPage, type Page, type PageOptions, type Scope } from './list-page.ts'
import type { PayoutRow } from './rows.ts'
import { payoutsTable } from './tables.ts'

const select = `select ${payoutsTable.selectList} from payouts t`

export async function listPayouts(
  database: Queryable,
  scope: Scope,
  page: PageOptions,
): Promise<Page<PayoutRow>> {
  const list = { name: 'payouts_list', select }
  const found = await listPage<PayoutRow>(database, list, scope, page, {
    conditions: [],
    keyOf: (row) => row.id,
  })
  return { ...found, items: found.items.map(payoutsTable.toRow) }
}

export async function findPayout(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<PayoutRow | undefined> {
  const { rows } = await database.query<PayoutRow>({
    name: 'payouts_find',
    text: `${select} where t.id = $3 and t.merchant_id = $1 and t.livemode = $2`,
    values: [scope.merchantId, scope.livemode, id],
  })
  return rows.map(payoutsTable.toRow)[0]
}
