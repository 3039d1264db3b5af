import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createTestDatabase } from '../support/database.ts'
import { startPayonce } from '../support/process.ts'

test('a data folder that cannot be written to ends the start with its name, also beside a database of its own', async () => {
  await using database = await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'payonce-folder-'))
  await writeFile(join(folder, 'file'), '')
  // What a start writes last: everything is up by then, and has to come down again.
  await mkdir(join(folder, 'credentials/credentials.json'), { recursive: true })
  try {
    for (const [dataDir, code] of [
      [join(folder, 'file'), /is a file where a folder has to be/],
      [join(folder, 'credentials'), /has a folder where a file has to be/],
    ] as const) {
      const payonce = startPayonce({
        environment: { DATABASE_URL: database.url, PAYONCE_DATA_DIR: dataDir, PORT: '0' },
      })
      assert.equal(await payonce.exited, 1, payonce.output())
      assert.match(payonce.output(), code)
      assert.ok(payonce.output().includes(dataDir))
      assert.doesNotMatch(payonce.output(), /\n\s+at /, 'never a stack')
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
