import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import test from 'node:test'
import { findRunningPostgres } from '../../src/embedded/find-running-postgres.ts'
import { findProcess, waitForEnd } from '../../src/embedded/process-identity.ts'
import { createEmbeddedFolder, killHard } from '../support/embedded-folder.ts'
import { runSql } from '../support/test-server.ts'

const END_MS_MAX = 10_000

async function readOne(url: string, sql: string): Promise<unknown> {
  return Object.values((await runSql(url, sql)).rows[0] ?? {})[0]
}

test('a fresh folder becomes a server with an ordinary role that owns its database', async (t) => {
  const { open, dataDir } = await createEmbeddedFolder(t)
  const { url } = await open()
  assert.deepEqual(
    (await runSql(url, `select current_user, rolsuper from pg_roles where rolname = current_user`))
      .rows,
    [{ current_user: 'payonce', rolsuper: false }],
  )
  assert.equal(
    await readOne(
      url,
      `select pg_get_userbyid(datdba) from pg_database where datname = current_database()`,
    ),
    'payonce',
  )
  assert.equal(await readOne(url, 'show data_checksums'), 'on')
  assert.equal(await readOne(url, 'show fsync'), 'on')
  assert.equal(await readOne(url, 'show server_encoding'), 'UTF8')
  await runSql(url, 'create table t (id int); revoke update on t from payonce')
  await assert.rejects(runSql(url, 'update t set id = 1'), /permission denied/)
  for (const file of ['postgres-password', 'payonce-password']) {
    assert.equal((await stat(join(dataDir, file))).mode & 0o777, 0o600)
  }
})

test('a wrong password is refused', async (t) => {
  const { url } = await (await createEmbeddedFolder(t)).open()
  const stranger = new URL(url)
  stranger.password = 'guess'
  await assert.rejects(runSql(stranger.href, 'select 1'), /password authentication failed/)
})

test('a restart keeps the data and the address', async (t) => {
  const { open } = await createEmbeddedFolder(t)
  const before = await open()
  await runSql(before.url, 'create table t as select 42 as answer')
  await before.close()
  const after = await open()
  assert.equal(after.url, before.url)
  assert.equal(await readOne(after.url, 'select answer from t'), 42)
})

test('close leaves no process and no owner file', async (t) => {
  const { open, dataDir } = await createEmbeddedFolder(t)
  const server = await open()
  await server.close()
  assert.equal(await findProcess(server.pid), undefined)
  const left = await readdir(dataDir)
  assert.deepEqual(
    left.filter((name) => name.includes('.pid')),
    [],
  )
  assert.equal(await findRunningPostgres(dataDir), undefined)
})

test('after kill -9 of its owner the next open stops the orphan and keeps what was committed', async (t) => {
  const { open, startOwner } = await createEmbeddedFolder(t)
  const owner = await startOwner()
  await runSql(owner.url, 'create table t as select 42 as answer')
  await killHard(owner)
  assert.notEqual(await findProcess(owner.pid), undefined)
  const server = await open()
  assert.notEqual(server.pid, owner.pid)
  assert.equal(await findProcess(owner.pid), undefined)
  assert.equal(await readOne(server.url, 'select answer from t'), 42)
})

test('after kill -9 of owner and server the next open recovers what was committed', async (t) => {
  const { open, startOwner } = await createEmbeddedFolder(t)
  const owner = await startOwner()
  await runSql(owner.url, 'create table t as select 42 as answer')
  await killHard(owner)
  process.kill(owner.pid, 'SIGKILL')
  const server = await open()
  assert.equal(await readOne(server.url, 'select answer from t'), 42)
})

test('an owner that is asked to stop takes its server along', async (t) => {
  const owner = await (await createEmbeddedFolder(t)).startOwner()
  owner.process.kill('SIGTERM')
  await once(owner.process, 'exit')
  assert.ok(await waitForEnd(owner.pid, END_MS_MAX))
})

test('a second owner is refused and told the first one’s pid, which keeps working', async (t) => {
  const { open, startOwner, dataDir } = await createEmbeddedFolder(t)
  const owner = await startOwner()
  await assert.rejects(
    open(),
    new RegExp(`already running as pid ${owner.process.pid} with this data folder`),
  )
  assert.equal(await findRunningPostgres(dataDir), owner.url)
  assert.equal(await readOne(owner.url, 'select 1'), 1)
})

test('of many that open one folder at once exactly one gets it', async (t) => {
  const { open } = await createEmbeddedFolder(t)
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => open()))
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('pid files whose pids now belong to strangers do not stop a start', async (t) => {
  const { open, startOwner, dataDir } = await createEmbeddedFolder(t)
  const owner = await startOwner()
  const postmasterFile = join(dataDir, 'postgres', 'postmaster.pid')
  const [, ...rest] = (await readFile(postmasterFile, 'utf8')).split('\n')
  owner.process.kill('SIGTERM')
  await once(owner.process, 'exit')

  const stranger = spawn('sleep', ['60'])
  t.after(() => stranger.kill())
  const { uid, gid } = await stat(join(dataDir, 'postgres'))
  await writeFile(postmasterFile, [stranger.pid, ...rest].join('\n'))
  await chown(postmasterFile, uid, gid)
  await writeFile(join(dataDir, 'payonce.pid'), `${stranger.pid}\nanother start\n`)

  const server = await open()
  assert.equal(await readOne(server.url, 'select 1'), 1)
  assert.equal(stranger.exitCode, null)
})

test('a pid file of a dead process does not stop a start', async (t) => {
  const { open, dataDir } = await createEmbeddedFolder(t)
  await (await open()).close()
  const dead = spawn('true')
  await once(dead, 'exit')
  await writeFile(join(dataDir, 'payonce.pid'), `${dead.pid}\nlong ago\n`)
  assert.equal(await readOne((await open()).url, 'select 1'), 1)
})

test('an initdb that was interrupted is begun again', async (t) => {
  const { open, dataDir } = await createEmbeddedFolder(t)
  await assert.rejects(
    open({ binaries: { postgres: '/bin/false', initdb: '/bin/false' } }),
    /initdb failed/,
  )
  assert.equal((await readdir(dataDir)).includes('postgres'), false)
  assert.equal(await readOne((await open()).url, 'select 1'), 1)
})

test('a server that cannot start reports its own words and frees the folder', async (t) => {
  const { open } = await createEmbeddedFolder(t)
  await assert.rejects(
    open({ settings: { shared_buffers: 'plenty' } }),
    /invalid value for parameter "shared_buffers": "plenty"/,
  )
  assert.equal(await readOne((await open()).url, 'select 1'), 1)
})

test('a server that ends by itself is reported', async (t) => {
  const { open } = await createEmbeddedFolder(t)
  const { promise, resolve } = Promise.withResolvers<string>()
  const server = await open({ onExit: resolve })
  process.kill(server.pid, 'SIGQUIT')
  assert.match(await promise, /PostgreSQL ended with .*immediate shutdown/s)
})

test('root can keep the data under a folder that only root may enter', {
  skip: process.getuid?.() === 0 ? false : 'needs root',
}, async (t) => {
  const { open, dataDir } = await createEmbeddedFolder(t)
  await chmod(dirname(dataDir), 0o700)
  assert.equal(await readOne((await open()).url, 'select 1'), 1)
})
