import { randomUUID } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The id of a development installation: made once and kept beside the data, because every key sent to a provider is
 * derived from it.
 */
export async function readInstallationFile(dataDir: string): Promise<string> {
  const path = join(dataDir, 'installation-id')
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  try {
    await writeFile(path, `${randomUUID()}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    if (!isThere) throw error
  }
  return (await readFile(path, 'utf8')).trim()
}
