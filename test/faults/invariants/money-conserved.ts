import { ledgerChecks, listLedgerFindings } from '../../../src/store/ledger-check.ts'
import { type Invariant, tell } from './invariant.ts'

/** Every entry balances, every sum can be recomputed, and per currency everything adds up to nothing. */
export const moneyConserved: Invariant = {
  id: 'I1',
  title: 'money is conserved',
  check: async ({ world }) => {
    const findings: string[] = []
    for (const check of ledgerChecks) {
      findings.push(...tell(await listLedgerFindings(world.reader, check)))
    }
    const [{ count }] = await world.sql('select count(*)::int as count from postings')
    return { checked: count, findings }
  },
}
