import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Environment } from './settings.ts'

export type EnvironmentSource = { environment: Environment; folder: string }

export type EnvironmentSources = {
  environment: Environment
  /** `environment` or `.env`; undefined when nothing sets the variable */
  sourceOf: (variable: string) => string | undefined
}

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
  return readEnvironmentSources(source).environment
}

/** The same, with where each variable comes from. */
export function readEnvironmentSources(
  { environment, folder }: EnvironmentSource = { environment: process.env, folder: process.cwd() },
): EnvironmentSources {
  const isProduction = environment.APP_ENV?.trim().toLowerCase() === 'production'
  const file = isProduction ? {} : readEnvFile(join(folder, '.env'))
  const sourceOf = (variable: string) => {
    if (environment[variable] !== undefined) return 'environment'
    return file[variable] === undefined ? undefined : '.env'
  }
  return { environment: { ...file, ...environment }, sourceOf }
}

function readEnvFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new Error(`${path} is there but cannot be read.`, { cause: error })
  }
}
