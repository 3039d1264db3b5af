import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/sandbox.ts'
import { connect } from './connect.ts'
import { controlOf } from './control.ts'

/** A sandbox in memory, closed after the test. */
export async function openFor(t: TestContext, options: SandboxOptions = {}) {
  const sandbox = await openSandbox(options)
  t.after(() => sandbox.close())
  return around(sandbox)
}

export function around(sandbox: Sandbox) {
  return {
    sandbox,
    stripe: connect(sandbox.address),
    control: controlOf(sandbox.address),
  }
}

export async function privateFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'payonce-sandbox-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}
