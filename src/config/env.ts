import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from './settings.ts'

export type EnvironmentSource = { environment: Environment; folder: string }

/**
 * The variables of the process, completed by `.env` of the working folder in development. The real environment
 * wins. In production (`APP_ENV=production` in the real environment) the file is not opened, so that a file
 * forgotten in an image changes nothing.
 *
 * @throws Error when `.env` is there but cannot be read
 */
export function readEnvironment(
  source: EnvironmentSource = { environment: process.env, folder: process.cwd() },
): Environment {
  const { environment, folder } = source
  if (environment.APP_ENV?.trim().toLowerCase() === 'production') return { ...environment }
  return { ...readEnvFile(join(folder, '.env')), ...environment }
}

function readEnvFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new Error(`${path} is there but cannot be read.`, { cause: error })
  }
}
