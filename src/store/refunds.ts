import type { Queryable } from './db.ts'
import { listPage, type Page, type PageOptions, type Scope, when } from './list-page.ts'
import type { RefundRow } from './rows.ts'
import { refundsTable } from './tables.ts'

const select = `select ${refundsTable.selectList} from refunds t`

export async function listRefunds(
  database: Queryable,
  scope: Scope,
  filter: { paymentId?: string | undefined },
  page: PageOptions,
): Promise<Page<RefundRow>> {
  const list = { name: 'refunds_list', select }
  const found = await listPage<RefundRow>(database, list, scope, page, {
    conditions: when(filter.paymentId, 'payment', 't.payment_id = ?'),
    keyOf: (row) => row.id,
  })
  return { ...found, items: found.items.map(refundsTable.toRow) }
}

export async function findRefund(
  database: Queryable,
  scope: Scope,
  id: string,
): Promise<RefundRow | undefined> {
  const { rows } = await database.query<RefundRow>({
    name: 'refunds_find',
    text: `${select} where t.id = $3 and t.merchant_id = $1 and t.livemode = $2`,
    values: [scope.merchantId, scope.livemode, id],
  })
  return rows.map(refundsTable.toRow)[0]
}
