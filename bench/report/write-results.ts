import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Keeps a run's figures as `bench/results/<date>.json`; the folder is not in the repository. */
export async function writeResults(results: object): Promise<string> {
  const folder = join(import.meta.dirname, '../results')
  await mkdir(folder, { recursive: true })
  const path = join(folder, `${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.json`)
  await writeFile(path, `${JSON.stringify(results, undefined, 2)}\n`)
  return path
}
