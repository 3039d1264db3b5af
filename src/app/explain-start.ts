import type { Config } from '../config/config.ts'

const authenticationFailed = new Set(['28P01', '28000', '3D000'])

/** Why the start failed, with the setting that mends it; never a stack. */
export function explainStart(error: unknown, config: Config): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') {
    return `PORT ${config.port} on ${config.host} is taken by another process. Stop it, or set PORT to a free one.`
  }
  if (code === 'EACCES')
    return `PORT ${config.port} needs more rights than this user has. Set PORT above 1023.`
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
