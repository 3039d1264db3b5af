/** The Edge Function under Deno, without network and with no more rights than it needs. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { openDatabaseProxy } from '../support/database-proxy.ts'
import { eventually } from '../support/eventually.ts'
import { startPayonce } from '../support/process.ts'
import { seededRandom } from '../support/random.ts'
import { makeHistory } from '../support/stripe-history.ts'
import { openHome } from './embedding-fixture.ts'
import { deliver, SECRET, sign } from './intake-fixture.ts'

const repository = resolve(import.meta.dirname, '../..')
const [deno] = globSync('node_modules/@deno/*/deno', { cwd: repository })
const START_MS_MAX = 30_000
const APPLY_MS_MAX = 30_000

async function startFunction(deno: string, databaseUrl: string) {
  const cache = await mkdtemp(join(tmpdir(), 'payonce-deno-'))
  const child = spawn(
    join(repository, deno),
    [
      ...['run', '--no-prompt', '--no-remote', '--cached-only', '--no-lock'],
      '--allow-net=127.0.0.1',
      '--allow-env=DATABASE_URL,STRIPE_WEBHOOK_SECRET,USER,NODE_PG_FORCE_NATIVE,PG*',
      join(repository, 'edge/supabase/functions/stripe-webhook/index.ts'),
    ],
    {
      cwd: cache,
      env: {
        ...{ DENO_DIR: cache, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
        ...{ DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0', DATABASE_URL: databaseUrl },
        STRIPE_WEBHOOK_SECRET: SECRET,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      output += bytes
    })
  }
  const exited = once(child, 'exit')
  const close = async () => {
    child.kill('SIGTERM')
    await exited
    await rm(cache, { recursive: true, force: true })
  }
  try {
    await eventually(
      async () => output,
      (text) => /Listening on \S+/.test(text),
      START_MS_MAX,
    )
  } catch (error) {
    await close()
    throw error
  }
  const url = /Listening on (\S+)/.exec(output)?.[1] ?? ''
  return { url, output: () => output, [Symbol.asyncDispose]: close }
}

test('the function asks for the version of pg that the tests run with', () => {
  const read = (path: string) => JSON.parse(readFileSync(join(repository, path), 'utf8'))
  const { imports } = read('edge/supabase/functions/stripe-webhook/deno.json')
  assert.equal(imports.pg, `npm:pg@${read('package.json').dependencies.pg}`)
})

test('an Edge Function stores a signed event once, refuses others, survives the database, and a worker applies it', async (t) => {
  if (deno === undefined) return t.skip('Deno has no build for this machine')
  await using home = await openHome()
  await using proxy = await openDatabaseProxy(home.url)
  await using edge = await startFunction(deno, proxy.url)
  const { events, intent, truth } = makeHistory(seededRandom(7), 1)
  const bodies = events.map((event) => JSON.stringify(event, null, 2))
  const [first = '', ...others] = bodies

  assert.deepEqual((await deliver(edge.url, first)).body, { received: true }, edge.output())
  const repeat = await deliver(edge.url, first)
  assert.deepEqual(repeat.body, {
    ...{ received: true, duplicate: true, message: 'already processed' },
  })
  assert.equal(await home.countOf('inbox_events'), 1)

  const forged = await deliver(edge.url, first, { 'stripe-signature': sign(first, 'whsec_other') })
  assert.deepEqual([forged.status, forged.body.code], [400, 'signature_mismatch'])
  assert.match(String(forged.body.detail), /secret is of another endpoint or mode/)
  const writtenAgain = await deliver(edge.url, JSON.stringify(JSON.parse(first)), {
    'stripe-signature': sign(first),
  })
  assert.equal(writtenAgain.status, 400)
  assert.match(String(writtenAgain.body.detail), /re-serialised the body/)
  const tooLarge = await deliver(edge.url, Buffer.alloc(10 * 1024 * 1024 + 1))
  assert.deepEqual([tooLarge.status, tooLarge.body.code], [413, 'body_too_large'])

  proxy.break('dies_when_asked')
  for (const body of others) assert.equal((await deliver(edge.url, body)).status, 200)
  assert.equal(await home.countOf('inbox_events'), events.length)

  await proxy.close()
  const away = await deliver(edge.url, first)
  assert.deepEqual([away.status, away.body.code], [503, 'database_unavailable'])
  assert.equal(away.headers.get('retry-after'), '5')

  const worker = startPayonce({
    args: ['--role', 'worker'],
    environment: { DATABASE_URL: home.url, STRIPE_WEBHOOK_SECRET: SECRET },
  })
  try {
    const readPayment = async () => {
      const { rows } = await home.db.query<{ status: string }>({
        name: 'test_payment',
        text: `select status from payments where (select count(*) from inbox_queue) = 0`,
      })
      return rows
    }
    const payments = await eventually(readPayment, (rows) => rows.length > 0, APPLY_MS_MAX)
    assert.deepEqual(payments, [{ status: truth.status }], `${intent}\n${worker.output()}`)
  } finally {
    worker.kill('SIGTERM')
    await worker.exited
  }
})
