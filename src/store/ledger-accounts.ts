import type { LedgerAccountKind } from '../domain/money-facts.ts'
import type { Queryable } from './db.ts'
import { listPage, type Page, type PageOptions, type Scope } from './list-page.ts'

/** An account with its balance, the fold of every delta appended to it. */
export type LedgerAccountBalance = {
  id: string
  providerAccountId: string
  kind: LedgerAccountKind
  currency: string
  debitMinor: bigint
  creditMinor: bigint
  createdAt: Date
}
type Raw = Omit<LedgerAccountBalance, 'debitMinor' | 'creditMinor'> & {
  debitMinor: string
  creditMinor: string
}

const select = `select t.id, t.provider_account_id as "providerAccountId", t.kind, t.currency,
    coalesce(d.debit, 0) as "debitMinor", coalesce(d.credit, 0) as "creditMinor", t.created_at as "createdAt"
  from ledger_accounts t left join lateral (
    select sum(debit_minor) as debit, sum(credit_minor) as credit from balance_deltas b
    where b.ledger_account_id = t.id) d on true`

export async function listLedgerAccounts(
  database: Queryable,
  scope: Scope,
  page: PageOptions,
): Promise<Page<LedgerAccountBalance>> {
  const list = { name: 'ledger_accounts_list', select }
  const found = await listPage<Raw>(database, list, scope, page, {
    conditions: [],
    keyOf: (row) => row.id,
  })
  return {
    ...found,
    items: found.items.map((row) => ({
      ...row,
      debitMinor: BigInt(row.debitMinor),
      creditMinor: BigInt(row.creditMinor),
    })),
  }
}
