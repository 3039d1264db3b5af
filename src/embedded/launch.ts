import { type ChildProcess, execFile, type StdioOptions, spawn } from 'node:child_process'
import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { Account } from './account.ts'

const CAPABILITIES = '+dac_override,+dac_read_search'
const SETPRIV_PATHS = ['/usr/bin/setpriv', '/bin/setpriv']
const TRIAL_MS_MAX = 10_000

/** Starts one of the PostgreSQL programs under the right account. */
export type Launch = (binary: string, args: string[], stdio: StdioOptions) => ChildProcess

export async function createLaunch(
  account: Account | undefined,
  needs: { binary: string; folder: string },
): Promise<Launch> {
  if (account === undefined) return launchWith([], {})
  const blocked =
    (await findBlockedPath(needs.folder, account)) ?? (await findBlockedPath(needs.binary, account))
  if (blocked === undefined) return launchWith([], account)

  // A checkout under /root (mode 0700) is closed to the account. The two file capabilities let it
  // pass, and nothing else of root's rights goes along.
  const prefix = await findSetpriv(account, needs.binary)
  if (prefix !== undefined) return launchWith(prefix, {})
  throw new Error(
    `The embedded PostgreSQL runs as uid ${account.uid} because PostgreSQL refuses root, and that account may not enter ${blocked}. ` +
      'Set PAYONCE_DATA_DIR to a folder open to it (for example /var/lib/payonce) and keep the checkout outside of root’s home, ' +
      'or start Payonce as an ordinary user, or set DATABASE_URL.',
  )
}

function launchWith(prefix: string[], identity: { uid?: number; gid?: number }): Launch {
  return (binary, args, stdio) => {
    const [file, ...rest] = [...prefix, binary, ...args]
    // The working directory of Node may be closed to the account. The environment is bare, so that
    // PGPORT, PGOPTIONS or a locale of the caller change nothing. Its own process group keeps a
    // Ctrl-C in the terminal from the server while Node still drains.
    return spawn(file ?? binary, rest, {
      cwd: '/',
      detached: true,
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio,
      ...identity,
    })
  }
}

/** The first part of the path that the account may not enter (or run), judged by the mode bits. */
async function findBlockedPath(path: string, account: Account): Promise<string | undefined> {
  for (let part = path; ; part = dirname(part)) {
    const { uid, gid, mode } = await stat(part)
    const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0
    if (((mode >> shift) & 1) === 0) return part
    if (part === dirname(part)) return undefined
  }
}

async function findSetpriv(account: Account, binary: string): Promise<string[] | undefined> {
  for (const setpriv of SETPRIV_PATHS) {
    try {
      await access(setpriv, constants.X_OK)
      const prefix = [
        setpriv,
        `--reuid=${account.uid}`,
        `--regid=${account.gid}`,
        '--clear-groups',
        `--inh-caps=${CAPABILITIES}`,
        `--ambient-caps=${CAPABILITIES}`,
      ]
      // A container may have dropped these capabilities and busybox knows fewer options: only a
      // trial tells.
      await promisify(execFile)(setpriv, [...prefix.slice(1), binary, '--version'], {
        cwd: '/',
        timeout: TRIAL_MS_MAX,
      })
      return prefix
    } catch {
      // Not there or not allowed here; without a way the caller explains what to do.
    }
  }
  return undefined
}
