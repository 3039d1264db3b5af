import type { Database } from '../store/db.ts'
import { type LedgerFinding, ledgerChecks, listLedgerFindings } from '../store/ledger-check.ts'
import { readSnapshot } from '../store/snapshot.ts'

/**
 * Recomputes every number of the ledger from its postings and tells what differs; empty when the books are right.
 * All checks see one moment, so that a commit in between is no finding.
 */
export function checkLedger(database: Pick<Database, 'transaction'>): Promise<LedgerFinding[]> {
  return readSnapshot(database, async (tx) => {
    const findings: LedgerFinding[] = []
    for (const check of ledgerChecks) findings.push(...(await listLedgerFindings(tx, check)))
    return findings
  })
}
