/** The command line as a process: pipes, signals, shells. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { renderCompletion } from '../../src/cli/frame/completion-scripts.ts'
import { listCommands } from '../../src/cli/payonce.ts'
import { findBinaries } from '../../src/embedded/binaries.ts'
import { migrateUp } from '../../src/store/migrate.ts'
import { createEmbeddedFolder } from '../support/embedded-folder.ts'
import { eventually } from '../support/eventually.ts'
import { openInstance } from '../support/instance.ts'
import { runSql } from '../support/test-server.ts'

const bin = resolve(import.meta.dirname, '../../bin/payonce.js')
const run = promisify(execFile)
const commands = listCommands(async () => 0)

test('whoever has read enough may leave: that is no failure, and nothing is said of it', async () => {
  const child = spawn(
    'bash',
    ['-c', `"$0" "$1" explain --json | head -n 1; echo "\${PIPESTATUS[0]}"`, process.execPath, bin],
    {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let told = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      told += chunk
    })
  }
  await once(child, 'close')
  assert.equal(told, '{\n0\n')
})

test('Ctrl-C ends a command that had to start a database, and takes that along', async (t) => {
  const folder = await createEmbeddedFolder(t)
  // The command finds the same ones, whatever server the tests are run on.
  const own = await folder.open({ binaries: await findBinaries() })
  await migrateUp(own.url, { info: () => {} })
  await runSql(own.url, `insert into merchants values ('mer_1', 'Shop', payonce_clock())`)
  await own.close()
  const child = spawn(process.execPath, [bin, 'events', 'tail'], {
    env: { PATH: process.env.PATH, PAYONCE_DATA_DIR: folder.dataDir },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  assert.deepEqual(await once(createInterface(child.stderr), 'line'), ['Shop, test mode'])
  await access(`${folder.dataDir}/postgres/postmaster.pid`)
  child.kill('SIGINT')
  assert.deepEqual(await once(child, 'exit'), [130, null])
  await assert.rejects(access(`${folder.dataDir}/postgres/postmaster.pid`))
})

test('events are followed until Ctrl-C, one object a line', async () => {
  await using instance = await openInstance()
  const environment = { PATH: process.env.PATH, ...instance.environment }
  const child = spawn(
    process.execPath,
    [bin, 'events', 'tail', '--json', '--last', '0', '--type', 'payment_intent.*'],
    {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const lines = createInterface(child.stdout)
  const settled = new Set<string>()
  lines.on('line', (line) => {
    const { type, status } = JSON.parse(line)
    if (status === 'applied') settled.add(type)
  })
  // It may begin to follow only after a story was told; then the next one is.
  await eventually(
    async () => {
      await run(process.execPath, [bin, 'trigger', 'payment_intent.succeeded'], {
        env: environment,
      })
      return settled.size
    },
    (size) => size === 2,
    30_000,
  )
  assert.deepEqual(settled, new Set(['payment_intent.created', 'payment_intent.succeeded']))
  child.kill('SIGINT')
  assert.equal((await once(child, 'exit'))[0], 130)
})

test('a body may come through a pipe, and nothing ever shows a stack', async () => {
  await using instance = await openInstance()
  const environment = { PATH: process.env.PATH, ...instance.environment }
  const child = spawn(process.execPath, [bin, 'send', '--body', '-'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  child.stdin.end('{"id":"evt_p","type":"x.y","created":1750000000,"data":{"object":{}}}')
  let told = ''
  child.stdout.on('data', (chunk) => {
    told += chunk
  })
  assert.equal((await once(child, 'close'))[0], 0)
  assert.equal(told, '200  {"received":true}\n')
  const failed = await run(
    process.execPath,
    [bin, 'migrate', 'create', '0', '--dir', '/nonexistent'],
    {
      env: environment,
    },
  ).catch((error: { code: number; stderr: string }) => error)
  assert.equal('code' in failed && failed.code, 1)
  assert.doesNotMatch(failed.stderr, /\n\s+at /)
})

test('bash completes commands, options and their values', async () => {
  const complete = async (...words: string[]) => {
    const list = words.map((word) => `'${word}'`).join(' ')
    const script = `${renderCompletion('bash', commands)}
COMP_WORDS=(${list}); COMP_CWORD=${words.length - 1}; _payonce; printf '%s\\n' "\${COMPREPLY[@]}"`
    return (await run('bash', ['--norc', '-c', script])).stdout.trim().split('\n')
  }
  assert.deepEqual(await complete('payonce', 'ev'), ['events'])
  assert.deepEqual(await complete('payonce', 'events', ''), [
    'list',
    'show',
    'tail',
    'failures',
    'replay',
  ])
  assert.deepEqual(await complete('payonce', 'replays', 's'), ['show', 'stop'])
  assert.deepEqual(await complete('payonce', 'handlers', 'runs', '--status', ''), [
    'waiting',
    'dead',
  ])
  assert.deepEqual(await complete('payonce', 'events', 'list', '--sta'), ['--status'])
  assert.deepEqual(await complete('payonce', 'events', 'list', '--status', 'd'), ['dead'])
  assert.deepEqual(await complete('payonce', 'trigger', 'payout.p'), ['payout.paid'])
  assert.deepEqual(await complete('payonce', 'completion', ''), [
    '--json',
    '--help',
    'bash',
    'zsh',
    'fish',
  ])
})

test('the scripts for other shells name every command, and are read by them where they are there', async (t) => {
  for (const shell of ['zsh', 'fish'] as const) {
    const script = renderCompletion(shell, commands)
    for (const { name } of commands) assert.ok(script.includes(name.split(' ')[0] ?? ''), name)
    const checked = await run(shell, ['-n', '-c', script]).catch((error) => error)
    if (checked.code === 'ENOENT') t.diagnostic(`${shell} is not there`)
    else assert.equal(checked.code ?? 0, 0, checked.stderr)
  }
})
