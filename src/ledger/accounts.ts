import type { NewId } from '../domain/ids.ts'
import type { Queryable } from '../store/db.ts'
import { ensureLedgerAccount, type LedgerAccountKey } from '../store/journal.ts'

/** Finds or opens the ledger account of a key. Accounts are never deleted, so a found id is kept for good. */
export type LedgerAccounts = (key: LedgerAccountKey) => Promise<string>

export function openLedgerAccounts(database: Queryable, newId: NewId): LedgerAccounts {
  const known = new Map<string, string>()
  return async (key) => {
    const name = [key.providerAccountId, key.merchantId, key.livemode, key.kind, key.currency].join(
      ' ',
    )
    const found = known.get(name)
    if (found !== undefined) return found
    const id = await ensureLedgerAccount(database, { ...key, newId: newId('ledgerAccount') })
    known.set(name, id)
    return id
  }
}
