import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { glob, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findProcess } from '../../src/embedded/process-identity.ts'
import { eventually } from '../support/eventually.ts'
import { createTemporaryFolder } from '../support/test-server.ts'

const main = join(import.meta.dirname, '../../bench/main.ts')
const START_MS_MAX = 60_000
/** The bench reads /proc. */
const skip = process.platform === 'linux' ? false : 'the bench needs Linux'

/** Runs a bench until it has got as far as `isThere` asks, interrupts it, and looks at what it left. */
async function interrupt(
  args: string[],
  isThere: (folder: string, told: string) => Promise<boolean>,
) {
  const folder = await createTemporaryFolder()
  try {
    const bench = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, TMPDIR: folder },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const exited = once(bench, 'exit')
    let told = ''
    bench.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      told += chunk
    })
    await eventually(
      () => isThere(folder, told),
      (holds) => holds,
      START_MS_MAX,
    )
    const pids = await postmasters(folder)
    bench.kill('SIGINT')
    const [code] = await exited
    assert.equal(code, 130, told)
    for (const pid of pids)
      assert.equal(await findProcess(pid), undefined, `PostgreSQL ${pid} runs on`)
    assert.deepEqual(await readdir(folder), [])
    return pids.length
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function postmasters(folder: string): Promise<number[]> {
  const pids: number[] = []
  for await (const file of glob('payonce-bench-*/data/**/postmaster.pid', { cwd: folder })) {
    pids.push(Number((await readFile(join(folder, file), 'utf8')).split('\n')[0]))
  }
  return pids
}

test('a bench that is interrupted at work leaves no PostgreSQL, server or folder behind', {
  skip,
}, async () => {
  const count = await interrupt(['p2', '--quick'], async (_folder, told) => /round 1\/3/.test(told))
  assert.equal(count, 1)
  await interrupt(['p1', '--quick'], async (folder) => {
    // The first server under measurement is starting.
    return (await readdir(folder)).some((name) => name.startsWith('payonce-bench-p1-'))
  })
})

test('a bench that is interrupted while its PostgreSQL starts leaves none behind', {
  skip,
}, async () => {
  await interrupt(['p2', '--quick'], async (folder) => (await readdir(folder)).length > 0)
})
