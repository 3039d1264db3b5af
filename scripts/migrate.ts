/** npm run migrate, migrate:down, migrate:status, migrate:create <name>: the same as `payonce migrate`. */

import { runCommand } from '../src/cli/frame/run-command.ts'
import { migrateCommands } from '../src/cli/migrate.ts'

const [action = 'up', ...rest] = process.argv.slice(2)
const command = migrateCommands.find(({ name }) => name === `migrate ${action}`)
if (command === undefined) {
  console.error('Usage: node scripts/migrate.ts up | down | status | create <name>')
  process.exitCode = 2
} else {
  process.exitCode = await runCommand(command, rest)
}
