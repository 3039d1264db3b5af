/**
 * What a failed statement says about its cause.
 *
 * `transient`: lost a race, repeat at once. `unavailable`: the database is away, full or read-only; whether a
 * commit took effect is unknown. `inconsistency`: a rule of the schema was broken. `data`: a value was refused.
 */
export type DatabaseFault = 'transient' | 'unavailable' | 'inconsistency' | 'data'

const transientStates = ['40001', '40P01']
// lock_not_available and query_canceled (statement_timeout) are the database being too busy, not the data's fault.
const unavailableStates = ['57P01', '57P02', '57P03', '57P05', '57014', '55P03', '25006', '25P03']
// 28 and 3D: our password or database is not known there, as while it is changed or restored.
const unavailableClasses = ['08', '28', '3D', '53', '58']
/** A table, column, function or schema is not there. */
const missingStates = ['42P01', '42703', '42883', '3F000']
const faultsOfClass: Record<string, DatabaseFault> = { '22': 'data', '23': 'inconsistency' }
const networkCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]
const lostCodes = ['ECONNRESET', 'EPIPE', '57P01', '57P02', '57P05']
const lostMessages = [
  /^Connection terminated unexpectedly/,
  /^Client has encountered a connection error/,
]
// node-postgres gives these no code.
const driverMessages = [
  /^timeout exceeded when trying to connect/,
  /^Connection terminated/,
  /^Client has encountered a connection error/,
  /^Cannot use a pool after calling end/,
  /^Query read timeout/,
]

/** Undefined: not an error of the database at all. */
export function databaseFaultOf(error: unknown): DatabaseFault | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (code === undefined) {
    return driverMessages.some((message) => message.test(error.message)) ? 'unavailable' : undefined
  }
  if (networkCodes.includes(code) && isConnectionError(error, code)) return 'unavailable'
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined
  if (transientStates.includes(code) || isRoutingRace(error, code)) return 'transient'
  if (unavailableStates.includes(code)) return 'unavailable'
  if (unavailableClasses.includes(code.slice(0, 2))) return 'unavailable'
  return faultsOfClass[code.slice(0, 2)]
}

const CHECK_VIOLATION = '23514'

/**
 * A row was on its way into the default partition while the partition it belongs to was attached. Its own rules are
 * constraints with a name; this one has none. The same statement finds the new partition.
 */
function isRoutingRace(error: Error, code: string): boolean {
  return code === CHECK_VIOLATION && constraintOf(error) === undefined
}

const LOCK_NOT_AVAILABLE = '55P03'

/** A lock was waited for as long as `lock_timeout` allows. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE
}

/** The migrations have not run, or not all of them. */
export function isSchemaMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && missingStates.includes(String(error.code))
}

/** The connection broke before an answer; whether its statement took effect is unknown. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (!('code' in error)) return lostMessages.some((message) => message.test(error.message))
  return lostCodes.includes(String(error.code))
}

/** A missing file is ENOENT too; only the connect to a socket that is not there means the database. */
function isConnectionError(error: Error, code: string): boolean {
  return code !== 'ENOENT' || ('syscall' in error && error.syscall === 'connect')
}

/** The constraint an inconsistency broke, for the log. */
export function constraintOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('constraint' in error)) return undefined
  return typeof error.constraint === 'string' ? error.constraint : undefined
}
