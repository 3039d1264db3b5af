import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BLOCK = Buffer.alloc(8192, 1)
const DURATION_MS = 300

/** How many times a second an 8 KiB block can be written and flushed: the disk's limit for commits one by one. */
export function measureFsyncRate(): number {
  const folder = mkdtempSync(join(tmpdir(), 'payonce-bench-fsync-'))
  const file = openSync(join(folder, 'file'), 'w')
  try {
    writeSync(file, BLOCK, 0, BLOCK.length, 0)
    fdatasyncSync(file)
    const startedAt = performance.now()
    let count = 0
    while (performance.now() - startedAt < DURATION_MS) {
      writeSync(file, BLOCK, 0, BLOCK.length, 0)
      fdatasyncSync(file)
      count++
    }
    return Math.round((count / (performance.now() - startedAt)) * 1000)
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
}
