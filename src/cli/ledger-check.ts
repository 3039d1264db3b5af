import { readConfig } from '../config/config.ts'
import { readEnvironment } from '../config/env.ts'
import { checkLedger } from '../ledger/check.ts'
import { openDatabase } from '../store/db.ts'
import { formatTable } from './format-table.ts'
import { withDatabase } from './with-database.ts'

/**
 * `payonce ledger-check`: recomputes every balance from its postings and prints what is off.
 * @returns 0 when the books are right, 1 when something is off
 */
export async function ledgerCheck(): Promise<number> {
  const config = readConfig(readEnvironment())
  const quiet = { info: () => {}, warn: (message: string) => console.error(message) }
  return withDatabase(config.database, quiet, async (url) => {
    await using database = openDatabase({
      url,
      poolSize: 1,
      applicationName: 'payonce-ledger-check',
    })
    const findings = await checkLedger(database)
    if (findings.length === 0) {
      console.log('The books are right: every balance equals the sum of its postings.')
      return 0
    }
    console.error(`${findings.length} findings`)
    const cells = findings.map((one) => [one.check, one.subject, one.expected, one.found])
    console.error(formatTable(['check', 'subject', 'expected', 'found'], cells))
    return 1
  })
}
