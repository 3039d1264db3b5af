import { chmodSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeOnInterrupt } from './interrupts.ts'

export type TemporaryFolder = { path: string; remove: () => Promise<void> }

/** A folder of the bench that is gone afterwards. Made in one go, so that no interrupt finds it there and unknown. */
export function createTemporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `payonce-bench-${name}-`))
  // In it, PostgreSQL runs under another account than root.
  chmodSync(path, 0o711)
  return { path, remove: closeOnInterrupt(() => rm(path, { recursive: true, force: true })) }
}
