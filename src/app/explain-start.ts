import type { Config } from '../config/config.ts'
import { databaseFaultOf } from '../store/database-fault.ts'

const authenticationFailed = new Set(['28P01', '28000', '3D000'])

/** Why the start failed, with the setting that mends it; never a stack. */
export function explainStart(error: unknown, config: Config): string {
  if (!(error instanceof Error)) return String(error)
  const code = codeOf(error)
  if (isOfListening(error, config)) return explainListening(error, config)
  if (isDatabaseAway(error, config)) {
    return authenticationFailed.has(code)
      ? `The database of DATABASE_URL refuses us: ${error.message}. Correct user, password or database name.`
      : `The database of DATABASE_URL cannot be reached (${code || error.message}). Start it, or correct host and port.`
  }
  return error.message
}

/** Whether the start failed because there is no database to be had at DATABASE_URL. */
export function isDatabaseAway(error: unknown, config: Config): boolean {
  return (
    config.database.kind === 'url' &&
    !isOfListening(error, config) &&
    databaseFaultOf(error) === 'unavailable'
  )
}

/** A name that is not known is told in the same words for the address we listen on and for the database's. */
function isOfListening(error: unknown, { host }: Config): boolean {
  if (!(error instanceof Error) || !('syscall' in error)) return false
  return (
    error.syscall === 'listen' ||
    (error.syscall === 'getaddrinfo' && 'hostname' in error && error.hostname === host)
  )
}

function explainListening(error: Error, config: Config): string {
  const code = codeOf(error)
  const port = 'port' in error ? error.port : config.port
  const name = port === config.healthPort && port !== config.port ? 'HEALTH_PORT' : 'PORT'
  switch (code) {
    case 'EACCES':
      return `${name} ${port} needs more rights than this user has. Set ${name} above 1023.`
    case 'EADDRINUSE':
      return `${name} ${port} on ${config.host} is taken by another process. Stop it, or set ${name} to a free one.`
    default:
      return `HOST ${config.host} is no address of this machine (${code}). Set HOST to one that is, or to 0.0.0.0 for all of them.`
  }
}

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : ''
}
