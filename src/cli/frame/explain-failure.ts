import { ConfigError } from '../../config/config-error.ts'
import { DomainError } from '../../domain/errors.ts'
import { databaseFaultOf } from '../../store/database-fault.ts'
import { type ExitCode, exitCodes } from './exit-codes.ts'
import { NotFoundError, UnreachableError, UsageError } from './failures.ts'

export type Failure = { exitCode: ExitCode; code: string; message: string }

/** Wrong user, wrong password, no such database: there is a server, and it does not let us in. */
const refused = new Set(['28P01', '28000', '3D000'])
const undefinedTable = '42P01'

/** What a person is told of an error: never a stack, and the next step where it is known. */
export function explainFailure(error: unknown, isDebugging: boolean): Failure {
  const known = knownFailure(error)
  if (known !== undefined) return known
  const message = textOf(error)
  // Only who asks for it by LOG_LEVEL=debug sees where in the code it happened.
  const stack = isDebugging && error instanceof Error ? `\n${error.stack}` : ''
  return { exitCode: exitCodes.failed, code: codeOf(error) ?? 'failed', message: message + stack }
}

function knownFailure(error: unknown): Failure | undefined {
  const message = textOf(error)
  if (error instanceof UsageError) return { exitCode: exitCodes.usage, code: 'usage', message }
  if (error instanceof ConfigError) return { exitCode: exitCodes.usage, code: error.code, message }
  if (error instanceof NotFoundError)
    return { exitCode: exitCodes.notFound, code: 'not_found', message }
  if (error instanceof UnreachableError)
    return { exitCode: exitCodes.unreachable, code: 'unreachable', message }
  if (error instanceof DomainError) {
    const text = `${error.public}\nnpx payonce explain ${error.code} tells more.`
    const exitCode = error.code === 'not_found' ? exitCodes.notFound : exitCodes.failed
    return { exitCode, code: error.code, message: text }
  }
  return databaseFailure(error, message)
}

function databaseFailure(error: unknown, message: string): Failure | undefined {
  const code = codeOf(error) ?? ''
  const unreachable = { exitCode: exitCodes.unreachable, code: 'database_unavailable' } as const
  if (refused.has(code)) {
    const fix = 'Correct user, password or database name in DATABASE_URL.'
    return { ...unreachable, message: `The database refuses us: ${message}. ${fix}` }
  }
  if (code === undefinedTable) {
    const told = 'The database has no schema of this release. Run npx payonce migrate up.'
    return { exitCode: exitCodes.failed, code: 'schema_outdated', message: told }
  }
  if (databaseFaultOf(error) !== 'unavailable') return undefined
  const fix = 'Start it, or correct DATABASE_URL; npx payonce doctor looks closer.'
  return { ...unreachable, message: `The database does not answer: ${message}. ${fix}` }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** A name with several addresses fails with an error that has no message of its own. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(textOf).join('; ')
  }
  return error.message || codeOf(error) || error.name
}
