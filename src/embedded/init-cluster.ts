import { once } from 'node:events'
import { access, chown, mkdir, open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Account } from './account.ts'
import { type DataFolder, isErrorCode } from './data-folder.ts'
import type { Launch } from './launch.ts'

export interface ClusterOptions {
  initdb: string
  launch: Launch
  account: Account | undefined
  superuserPassword: string
  isDurable: boolean
}

export async function hasCluster(folder: DataFolder): Promise<boolean> {
  try {
    await access(join(folder.cluster, 'PG_VERSION'))
    return true
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return false
    throw error
  }
}

/**
 * Built beside its final name and renamed when complete, so that a start interrupted in the middle
 * is simply begun again. Locale C is in every PostgreSQL and never changes its sort order with an
 * update of the operating system.
 */
export async function initCluster(folder: DataFolder, options: ClusterOptions): Promise<void> {
  const unfinished = `${folder.cluster}.new`
  const passwordFile = `${folder.cluster}.password`
  await rm(unfinished, { recursive: true, force: true })
  await rm(passwordFile, { force: true })
  try {
    await mkdir(unfinished, { mode: 0o700 })
    await writeFile(passwordFile, options.superuserPassword, { mode: 0o600, flag: 'wx' })
    const { account } = options
    if (account !== undefined) {
      await chown(unfinished, account.uid, account.gid)
      await chown(passwordFile, account.uid, account.gid)
    }
    await runInitdb(options, [
      `--pgdata=${unfinished}`,
      `--pwfile=${passwordFile}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
      ...(options.isDurable ? [] : ['--no-sync']),
    ])
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rename(unfinished, folder.cluster)
  if (options.isDurable) await syncFolder(folder.path)
}

async function runInitdb(options: ClusterOptions, args: string[]): Promise<void> {
  const child = options.launch(options.initdb, args, ['ignore', 'pipe', 'pipe'])
  const output = Promise.all([child.stdout, child.stderr].map((s) => (s ? text(s) : '')))
  const [code] = await once(child, 'exit')
  if (code === 0) return
  throw new Error(`initdb failed with code ${code}:\n${(await output).join('').trim()}`)
}

async function syncFolder(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}
