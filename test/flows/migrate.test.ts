import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { migrateDown, migrateUp } from '../../src/store/migrate.ts'
import { checkSchema, migrationStatus } from '../../src/store/migration-status.ts'
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts'
import { runSql } from '../support/test-server.ts'

const log = { info: () => undefined }

const first = migration('create table a (id int);', 'drop table a;')
const second = migration('create table b (id int);', 'drop table b;')

function migration(up: string, down: string): string {
  return `-- breaking: no\n\n-- Up Migration\n\n${up}\n\n-- Down Migration\n\n${down}\n`
}

async function setUp(t: TestContext, files: Record<string, string>) {
  const database = await createEmptyDatabase()
  const dir = await mkdtemp(join(tmpdir(), 'payonce-migrations-'))
  t.after(async () => {
    await database[Symbol.asyncDispose]()
    await rm(dir, { recursive: true })
  })
  const write = (name: string, content: string) => writeFile(join(dir, name), content)
  for (const [name, content] of Object.entries(files)) await write(name, content)
  return { url: database.url, dir, write }
}

async function listTables(url: string): Promise<string[]> {
  const { rows } = await runSql(
    url,
    `select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations' order by 1`,
  )
  return rows.map((row) => row.tablename)
}

test('migrations go up, down one by one, and up again', async (t) => {
  const { url, dir } = await setUp(t, { '0001_a.sql': first, '0002_b.sql': second })
  assert.deepEqual(await migrateUp(url, log, dir), ['0001_a', '0002_b'])
  assert.deepEqual(await listTables(url), ['a', 'b'])
  assert.equal(await migrateDown(url, log, dir), '0002_b')
  assert.deepEqual(await listTables(url), ['a'])
  assert.deepEqual(await migrationStatus(url, dir), {
    applied: ['0001_a'],
    pending: ['0002_b'],
    unknown: [],
  })
  assert.equal(await migrateDown(url, log, dir), '0001_a')
  assert.equal(await migrateDown(url, log, dir), undefined)
  assert.deepEqual(await listTables(url), [])
  assert.deepEqual(await migrateUp(url, log, dir), ['0001_a', '0002_b'])
})

test('the release’s own migrations go down to nothing and up again', async (t) => {
  const database = await createTestDatabase()
  t.after(() => database[Symbol.asyncDispose]())
  const { applied } = await migrationStatus(database.url)
  for (const name of applied.toReversed()) assert.equal(await migrateDown(database.url, log), name)
  assert.deepEqual(await listTables(database.url), [])
  assert.deepEqual(await migrateUp(database.url, log), applied)
})

test('a release refuses a database with a newer migration and names it', async (t) => {
  const { url, dir } = await setUp(t, { '0001_a.sql': first, '0002_b.sql': second })
  await migrateUp(url, log, dir)
  await rm(join(dir, '0002_b.sql'))
  const uses = [
    () => checkSchema(url, dir),
    () => migrateUp(url, log, dir),
    () => migrateDown(url, log, dir),
  ]
  for (const use of uses) {
    await assert.rejects(use, /newer than this release: it has the migrations 0002_b/)
  }
  assert.deepEqual(await listTables(url), ['a', 'b'])
})

test('a failing migration names its line, changes nothing, and leaves both ways open', async (t) => {
  const { url, dir, write } = await setUp(t, { '0001_a.sql': first })
  await write('0002_b.sql', migration('create table b (id int);\ncreate table a (id int);', ''))
  await assert.rejects(migrateUp(url, log, dir), /0002_b\.sql \(up\) failed.*"a" already exists/)
  await write('0002_b.sql', migration('create table b (id int);\nselect nonsense;', ''))
  await assert.rejects(migrateUp(url, log, dir), /0002_b\.sql:6 \(up\).*"nonsense" does not exist/)
  assert.deepEqual(await listTables(url), ['a'])
  assert.equal(await migrateDown(url, log, dir), '0001_a')
  await write('0002_b.sql', second)
  assert.deepEqual(await migrateUp(url, log, dir), ['0001_a', '0002_b'])
})

test('a failing way down changes nothing', async (t) => {
  const down = 'drop table a;\ndrop table missing;'
  const { url, dir } = await setUp(t, { '0001_a.sql': migration('create table a ();', down) })
  await migrateUp(url, log, dir)
  await assert.rejects(migrateDown(url, log, dir), /0001_a\.sql \(down\).*"missing" does not exist/)
  assert.deepEqual((await checkSchema(url, dir)).applied, ['0001_a'])
  assert.deepEqual(await listTables(url), ['a'])
})

test('of starters that migrate at the same time each migration runs once and all succeed', async (t) => {
  const slow = migration('create table a (id int);\nselect pg_sleep(0.2);', 'drop table a;')
  const { url, dir } = await setUp(t, { '0001_a.sql': slow, '0002_b.sql': second })
  const applied = await Promise.all([1, 2, 3].map(() => migrateUp(url, log, dir)))
  assert.deepEqual(applied.flat().sort(), ['0001_a', '0002_b'])
  assert.deepEqual((await checkSchema(url, dir)).applied, ['0001_a', '0002_b'])
})

test('the order of migrations does not depend on the time zone of whoever applied them', async (t) => {
  const { url, dir, write } = await setUp(t, { '0001_a.sql': first })
  const name = new URL(url).pathname.slice(1)
  await runSql(url, `alter database ${name} set timezone to 'Asia/Tokyo'`)
  await migrateUp(url, log, dir)
  await runSql(url, `alter database ${name} set timezone to 'America/Los_Angeles'`)
  await write('0002_b.sql', second)
  await migrateUp(url, log, dir)
  assert.equal(await migrateDown(url, log, dir), '0002_b')
})

const malformed = {
  'a gap in the numbers': ['0002_b.sql', second, /expected 0001/],
  'a missing header': ['0001_a.sql', first.replace('breaking', ''), /first line must be/],
  'a missing way down': ['0001_a.sql', first.replace('-- Down Migration', ''), /Down Migration/],
  'a transaction of its own': ['0001_a.sql', migration('commit;', ''), /begin or end transactions/],
} as const
for (const [what, [file, content, expected]] of Object.entries(malformed)) {
  test(`a migration with ${what} is refused before any runs`, async (t) => {
    const { url, dir } = await setUp(t, { [file]: content })
    await assert.rejects(migrateUp(url, log, dir), expected)
    assert.deepEqual(await listTables(url), [])
  })
}
