import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type DataFolder, isErrorCode, writeDataFile } from './data-folder.ts'

const PASSWORD_BYTES = 24

export async function findPassword(path: string): Promise<string | undefined> {
  try {
    return (await readFile(path, 'utf8')).trim() || undefined
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return undefined
    throw error
  }
}

export async function createPassword(folder: DataFolder, path: string): Promise<string> {
  const password = randomBytes(PASSWORD_BYTES).toString('base64url')
  await writeDataFile(folder, path, `${password}\n`)
  return password
}
