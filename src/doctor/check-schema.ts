import { migrationStatus } from '../store/migration-status.ts'
import { type Finding, fail, ok } from './finding.ts'

export async function checkSchema(databaseUrl: string): Promise<Finding> {
  const { applied, pending, unknown } = await migrationStatus(databaseUrl)
  if (unknown.length > 0) {
    return fail(
      'schema',
      `The database has migrations of a newer release: ${unknown.join(', ')}.`,
      'Start the release that brought them, or undo them from it: npx payonce migrate down, once for each.',
    )
  }
  if (pending.length > 0) {
    return fail(
      'schema',
      `${pending.length} migrations are not applied: ${pending.join(', ')}.`,
      'Run npx payonce migrate up, or start this release, which does the same.',
    )
  }
  return ok('schema', `All ${applied.length} migrations are applied.`)
}
