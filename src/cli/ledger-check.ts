import { readConfig } from '../config/config.ts'
import { checkLedger } from '../ledger/check.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { databaseOptions } from './shared-options.ts'
import { openCommandDatabase } from './with-database.ts'

export const ledgerCheckCommand = defineCommand({
  name: 'ledger-check',
  summary: 'Recompute every balance from its postings and tell what is off.',
  description: 'It reads the whole ledger, of every merchant, as it was at one moment.',
  options: databaseOptions,
  examples: [['payonce ledger-check', 'exit code 0 when the books are right, 1 when not']],
  run: async (call) => {
    const { output } = call
    const database = await openCommandDatabase(call, readConfig(call.environment))
    output.note('Reading the whole ledger …')
    const findings = await checkLedger(database)
    const exitCode = findings.length === 0 ? exitCodes.done : exitCodes.failed
    if (output.json) {
      output.document({ findings })
      return exitCode
    }
    if (findings.length === 0) {
      output.line('The books are right: every balance equals the sum of its postings.')
      return exitCode
    }
    output.line(output.style('red', `${findings.length} findings`))
    const cells = findings.map((one) => [one.check, one.subject, one.expected, one.found])
    output.line(formatTable(['check', 'subject', 'expected', 'found'], cells))
    return exitCode
  },
})
