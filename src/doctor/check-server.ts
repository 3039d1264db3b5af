import type { ServerFacts } from '../store/server-facts.ts'
import { type Finding, fail, ok } from './finding.ts'

const VERSION_NUMBER_MIN = 150_000

export function checkServer({ version, versionNumber }: ServerFacts): Finding {
  return versionNumber >= VERSION_NUMBER_MIN
    ? ok('database', `PostgreSQL ${version} answers.`)
    : fail(
        'database',
        `PostgreSQL ${version} is older than 15.`,
        'Move to PostgreSQL 15 or newer (pg_upgrade, or a dump into a new server).',
      )
}
