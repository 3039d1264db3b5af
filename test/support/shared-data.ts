import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const repository = resolve(import.meta.dirname, '../..')

/** Recorded provider data that is not in the repository. */
export function sharedDataDir(): string | undefined {
  const named = process.env.PAYONCE_SHARED_DATA
  const directory =
    named === undefined || named === '' ? resolve(repository, '../shared/data') : named
  return existsSync(directory) ? directory : undefined
}

/** For the options of `test()`: the test appears as skipped, with the reason, where data is absent. */
export function skipWithoutSharedData(): { skip: string | false } {
  if (sharedDataDir() !== undefined) return { skip: false }
  return { skip: 'the shared provider data is not here: set PAYONCE_SHARED_DATA to its folder' }
}
