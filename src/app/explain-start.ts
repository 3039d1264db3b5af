import type { Config } from '../config/config.ts'

const authenticationFailed = new Set(['28P01', '28000', '3D000'])

/** Why the start failed, with the setting that mends it; never a stack. */
export function explainStart(error: unknown, config: Config): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE' || code === 'EACCES') {
    const port = 'port' in error ? error.port : config.port
    const name = port === config.healthPort && port !== config.port ? 'HEALTH_PORT' : 'PORT'
    return code === 'EACCES'
      ? `${name} ${port} needs more rights than this user has. Set ${name} above 1023.`
      : `${name} ${port} on ${config.host} is taken by another process. Stop it, or set ${name} to a free one.`
  }
  if (config.database.kind === 'url') {
    if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'ETIMEDOUT') {
      return `The database of DATABASE_URL cannot be reached (${code}). Start it, or correct host and port.`
    }
    if (authenticationFailed.has(code)) {
      return `The database of DATABASE_URL refuses us: ${error.message}. Correct user, password or database name.`
    }
  }
  return error.message
}
