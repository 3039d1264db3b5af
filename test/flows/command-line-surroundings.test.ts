/** The command line around the data: where it looks, what it refuses, what it says of itself. */
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { payonce } from '../support/command-line.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { openInstance } from '../support/instance.ts'
import { freePort } from '../support/process.ts'
import { runSql } from '../support/test-server.ts'

let instance: Awaited<ReturnType<typeof openInstance>>
before(async () => {
  instance = await openInstance()
})
after(() => instance[Symbol.asyncDispose]())

const run = (...argv: string[]) => payonce(instance.environment, ...argv)
// What JSON holds is what the tests look into, field by field.
// biome-ignore lint/suspicious/noExplicitAny: see above
const json = async (...argv: string[]): Promise<any> =>
  JSON.parse((await run(...argv, '--json')).stdout)
const sql = (text: string) => runSql(instance.databaseUrl, text)

test('what cannot be reached is told with exit code 4', async () => {
  const nowhere = 'http://127.0.0.1:1'
  const sent = await run('send', '--body', '{}', '--endpoint', nowhere)
  assert.equal(sent.code, 4)
  assert.match(sent.stderr, /does not answer: .*Start Payonce/)
  const database = await run(
    'revenue',
    '--database-url',
    'postgresql://a:b@127.0.0.1:1/c',
    '--json',
  )
  assert.equal(database.code, 4)
  assert.equal(JSON.parse(database.stderr).error, 'database_unavailable')
  const wrong = new URL(instance.databaseUrl)
  wrong.pathname = '/nobody'
  const refused = await run('revenue', '--database-url', wrong.href)
  assert.equal(refused.code, 4)
  assert.match(refused.stderr, /refuses us/)
  const empty = await payonce({ PAYONCE_DATA_DIR: '/nonexistent/folder' }, 'payments', 'list')
  assert.equal(empty.code, 4)
  assert.match(empty.stderr, /There is no database in/)
})

test('a file where the data folder has to be is named by every command, and doctor goes on to its findings', async () => {
  const file = join(instance.folder, 'file')
  await writeFile(file, '')
  const environment = { PAYONCE_DATA_DIR: file }
  for (const line of [
    ['migrate', 'up'],
    ['payments', 'list'],
  ]) {
    const { code, stderr } = await payonce(environment, ...line)
    assert.equal(code, 4)
    assert.match(
      stderr,
      /^The data folder .* is a file where a folder has to be .* PAYONCE_DATA_DIR/,
    )
  }
  const examined = await payonce(environment, 'doctor')
  assert.equal(examined.code, 1)
  assert.match(examined.stdout, /fail +database +.*is a file where a folder has to be/)
})

test('migrations are listed, and the settings in force are shown with their source', async () => {
  const { applied, pending } = await json('migrate', 'status')
  assert.ok(applied.length > 0)
  assert.deepEqual(pending, [])
  assert.match((await run('migrate', 'status')).stdout, /0001_tenancy +applied/)
  assert.match((await run('migrate', 'up')).stdout, /up to date/)
  assert.deepEqual(await json('migrate', 'up'), { applied: [] })
  const created = await json('migrate', 'create', 'add_x', '--dir', instance.folder)
  assert.match(await readFile(created.created, 'utf8'), /^-- breaking: no\n/)
  assert.equal((await run('migrate', 'create', 'Add X')).code, 2)
  const shown = await run('config', 'show', '--data-dir', '/elsewhere')
  assert.match(shown.stdout, /PAYONCE_DATA_DIR +\/elsewhere +--data-dir/)
  const wrong = await payonce({ PORT: 'many' }, 'config', 'show')
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, /PORT: must be a whole number/)
  assert.equal(
    JSON.parse((await payonce({}, 'config', 'show', '--json')).stdout).problems.length,
    0,
  )
})

test('an error code is explained, and every one can be', async () => {
  const { stdout } = await run('explain', 'signature_mismatch')
  assert.match(stdout, /What happened: .*\nHow to mend it: .*\nAgain: /)
  assert.equal((await json('explain', 'intake_full')).retryable, true)
  assert.match((await run('explain')).stdout, /signature_missing +400/)
  const handler = await run('explain', 'handler_timed_out')
  assert.match(handler.stdout, /30 s.*\nHow to mend it .+\nThen .*payonce handlers retry <run>/)
  assert.equal((await json('explain', 'handler_failed')).code, 'handler_failed')
  assert.match((await run('explain', 'handler_faild')).stderr, /did you mean handler_failed/)
  const wrong = await run('explain', 'signature_mismach')
  assert.equal(wrong.code, 3)
  assert.match(wrong.stderr, /did you mean signature_mismatch\?/)
  assert.match(
    (await run('explain', 'nope')).stderr,
    /no error code "nope"\. npx payonce explain lists/,
  )
})

test('help and wrong words lead to the right command', async () => {
  assert.match((await run()).stdout, /events tail/)
  assert.match((await run('help', 'revenue')).stdout, /payonce revenue \[options\]/)
  assert.match((await run('revenue', '--help')).stdout, /--timezone/)
  assert.match((await run('help', 'events')).stdout, /events list[\s\S]*events show/)
  assert.equal((await run('events')).code, 2)
  assert.match((await run('evnts', 'list')).stderr, /did you mean "events"\?/)
  assert.match((await run('events', 'lits')).stderr, /did you mean "events list"\?/)
  assert.match((await run('--version')).stdout, /^\d+\.\d+\.\d+\n$/)
})

test('a schema is brought up and taken down a step, and a missing one is told', async () => {
  await using empty = await createEmptyDatabase()
  const at = ['--database-url', empty.url]
  const early = await run('revenue', ...at)
  assert.equal(early.code, 1)
  assert.match(early.stderr, /Run npx payonce migrate up/)
  assert.match((await run('migrate', 'up', ...at)).stdout, /Applied migration 0001_tenancy/)
  const none = await run('revenue', ...at)
  assert.equal(none.code, 3)
  assert.match(none.stderr, /has no merchant yet/)
  assert.match((await run('migrate', 'down', ...at)).stdout, /Undid migration/)
  assert.equal(typeof (await json('migrate', 'down', ...at)).undone, 'string')
})

test('the secret of an instance whose data folder is elsewhere is that of its database', async () => {
  const elsewhere = { DATABASE_URL: instance.databaseUrl, PAYONCE_DATA_DIR: '/nonexistent/folder' }
  const headers = await payonce(elsewhere, 'send', '--body', '{}', '--print')
  assert.equal(headers.code, 0, headers.stderr)
  const sent = await payonce(
    elsewhere,
    'send',
    '--body',
    '{}',
    '--endpoint',
    instance.url,
    '--json',
  )
  assert.equal(JSON.parse(sent.stdout).code, 'event_field_invalid', 'the signature was right')
  const port = new URL(instance.url).port
  const nobody = { ...elsewhere, PORT: String(await freePort()) }
  assert.equal((await payonce(nobody, 'trigger', 'payout.paid')).code, 4)
  const environment = { ...elsewhere, PORT: port, HOST: '0.0.0.0' }
  assert.equal((await payonce(environment, 'trigger', 'payout.paid')).code, 0)
  const refused = await payonce(environment, 'trigger', 'payout.paid', '--secret', 'whsec_other')
  assert.equal(refused.code, 1)
  assert.match(refused.stdout, /^400 .*payout\.created/)
})

test('a completion script is printed, also as JSON', async () => {
  const { stdout } = await run('completion', 'bash')
  assert.equal((await json('completion', 'bash')).script, stdout)
})

// Last: from here on there is a choice.
test('the merchant and the mode are chosen when there is one choice, and asked for otherwise', async () => {
  assert.match((await run('payments', 'list', '--live')).stdout, /No payments/)
  assert.match((await run('payments', 'list', '--live', '--test')).stderr, /exclude each other/)
  assert.equal((await run('payments', 'list', '--merchant', 'Nobody')).code, 3)
  await sql(
    `insert into merchants values ('mer_00000000000000000000000009', 'Second', payonce_clock())`,
  )
  const asked = await run('payments', 'list')
  assert.equal(asked.code, 2)
  assert.match(
    asked.stderr,
    /--merchant must say which one: .*mer_00000000000000000000000009 \(Second\)/,
  )
  assert.match((await run('payments', 'list', '--merchant', 'Second')).stdout, /No payments/)
  const withKey = { ...instance.environment, STRIPE_SECRET_KEY: 'sk_test_1' }
  assert.match(
    (await payonce(withKey, 'payments', 'list', '--merchant', 'Second')).stderr,
    /test mode/,
  )
})
