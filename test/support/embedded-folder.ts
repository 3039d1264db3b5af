import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  openEmbeddedPostgres,
} from '../../src/embedded/embedded-postgres.ts'
import { findProcess, waitForEnd } from '../../src/embedded/process-identity.ts'
import { chooseBinaries, createTemporaryFolder } from './test-server.ts'

const STOP_MS_MAX = 10_000

export interface Owner {
  process: ChildProcess
  url: string
  pid: number
}

/** A fresh data folder with ways to open it; whatever still runs is stopped after the test. */
export async function createEmbeddedFolder(t: TestContext) {
  const root = await createTemporaryFolder()
  const dataDir = join(root, 'data')
  const opened: EmbeddedPostgres[] = []
  const owners: Owner[] = []
  t.after(async () => {
    for (const server of opened) await server.close()
    for (const owner of owners) await stopOwner(owner)
    await rm(root, { recursive: true })
  })

  const open = async (options: Partial<EmbeddedPostgresOptions> = {}) => {
    const log = { info: () => undefined, warn: () => undefined }
    const server = await openEmbeddedPostgres({ dataDir, log, ...chooseBinaries(), ...options })
    opened.push(server)
    return server
  }

  const startOwner = async (): Promise<Owner> => {
    const script = join(import.meta.dirname, 'embedded-owner.ts')
    const child = spawn(process.execPath, [script, dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = await once(createInterface(child.stdout), 'line')
    const server: { url: string; pid: number } = JSON.parse(line)
    const owner = { process: child, ...server }
    owners.push(owner)
    return owner
  }

  return { dataDir, open, startOwner }
}

export async function killHard(owner: Owner): Promise<void> {
  owner.process.kill('SIGKILL')
  await once(owner.process, 'exit')
}

async function stopOwner(owner: Owner): Promise<void> {
  owner.process.kill('SIGKILL')
  if ((await findProcess(owner.pid)) === undefined) return
  process.kill(owner.pid, 'SIGQUIT')
  await waitForEnd(owner.pid, STOP_MS_MAX)
}
