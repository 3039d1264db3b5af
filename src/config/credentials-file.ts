import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * What a developer on this machine needs to talk to the running instance. Written in development only, readable by
 * its owner alone; in production the operator holds the secrets.
 */
export type Credentials = { url: string; webhookSecret: string; testKey?: string; liveKey?: string }

const fileName = 'credentials.json'

/** @returns undefined when no instance has been started with this data folder */
export async function readCredentials(dataDir: string): Promise<Credentials | undefined> {
  try {
    return JSON.parse(await readFile(join(dataDir, fileName), 'utf8')) as Credentials
  } catch (error) {
    // A file where the folder has to be holds no credentials either.
    if (isErrorCode(error, 'ENOENT') || isErrorCode(error, 'ENOTDIR')) return undefined
    throw error
  }
}

/** Whether this user may not read what an instance of another user wrote. */
export function areCredentialsClosed(error: unknown): boolean {
  return isErrorCode(error, 'EACCES') || isErrorCode(error, 'EPERM')
}

function isErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** Keys that were printed once are kept; the rest is as of this start. */
export async function writeCredentials(
  dataDir: string,
  credentials: Credentials,
): Promise<Credentials> {
  await mkdir(dataDir, { recursive: true })
  const merged = { ...(await readCredentials(dataDir)), ...credentials }
  const path = join(dataDir, fileName)
  await writeFile(path, `${JSON.stringify(merged, null, 2)}\n`, { mode: 0o600 })
  await chmod(path, 0o600)
  return merged
}
