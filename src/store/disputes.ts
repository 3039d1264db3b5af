import type { Queryable } from './db.ts'
import { listPage, type Page, type PageOptions, type Scope, when } from './list-page.ts'
import type { DisputeRow } from './rows.ts'
import { disputesTable } from './tables.ts'

const select = `select ${disputesTable.selectList} from disputes t`

export async function listDisputes(
  database: Queryable,
  scope: Scope,
  filter: { paymentId?: string | undefined },
  page: PageOptions,
): Promise<Page<DisputeRow>> {
  const list = { name: 'disputes_list', select }
  const found = await listPage<DisputeRow>(database, list, scope, page, {
    conditions: when(filter.paymentId, 'payment', 't.payment_id = ?'),
    keyOf: (row) => row.id,
  })
  return { ...found, items: found.items.map(disputesTable.toRow) }
}

export async function findDispute(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<DisputeRow | undefined> {
  const { rows } = await database.query<DisputeRow>({
    name: 'disputes_find',
    text: `${select} where t.id = $3 and t.merchant_id = $1 and t.livemode = $2`,
    values: [scope.merchantId, scope.livemode, id],
  })
  return rows.map(disputesTable.toRow)[0]
}
