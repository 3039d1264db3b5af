/** Things broken on purpose, each with the diagnosis it has to get. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Finding } from '../../src/doctor/finding.ts'
import { payonce } from '../support/command-line.ts'
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { writeModule } from '../support/handlers.ts'
import { openInstance } from '../support/instance.ts'
import { freePort, startPayonce } from '../support/process.ts'
import { type Habit, habits, openProxy } from '../support/proxy.ts'
import { openTestRedis } from '../support/redis.ts'
import { runSql } from '../support/test-server.ts'

let instance: Awaited<ReturnType<typeof openInstance>>
before(async () => {
  instance = await openInstance()
})
after(() => instance[Symbol.asyncDispose]())

async function examine(environment: Record<string, string>, ...argv: string[]) {
  const { code, stdout, stderr } = await payonce(environment, 'doctor', '--json', ...argv)
  const { ok, findings } = JSON.parse(stdout || stderr) as { ok: boolean; findings: Finding[] }
  assert.equal(code, ok ? 0 : 1)
  for (const { status, fix } of findings) assert.equal(fix === null, status === 'ok')
  return new Map(findings.map((finding) => [finding.name, finding]))
}
const look = (...argv: string[]) => examine(instance.environment, ...argv)
const diagnosed = (
  finding: Finding | undefined,
  status: Finding['status'],
  found: RegExp,
  fix?: RegExp,
) => {
  assert.equal(finding?.status, status, finding?.found)
  assert.match(finding?.found ?? '', found)
  if (fix !== undefined) assert.match(finding?.fix ?? '', fix)
}

test('a sound installation is found sound, by an event that went the whole way and changed nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'payonce-doctor-'))
  const environment = { PAYONCE_DATA_DIR: folder }
  const running = startPayonce({ environment: { ...environment, PORT: '0', LOG_LEVEL: 'error' } })
  try {
    await running.ready
    const { code, stdout } = await payonce(environment, 'doctor')
    assert.equal(code, 0, stdout)
    assert.match(stdout, /13 ok, 0 to look at, 0 failed/)
    assert.match(
      stdout,
      /ok +worker +It took the event \d+ ms after it was stored \(pev_\w+, self_test\)/,
    )
    const events = await payonce(environment, 'events', 'list')
    assert.match(events.stdout, /payonce\.self_test +ignored +self_test/)
    assert.match((await payonce(environment, 'payments', 'list')).stdout, /No payments/)
  } finally {
    running.kill('SIGTERM')
    await running.exited
    await rm(folder, { recursive: true, force: true })
  }
})

test('a Redis that is away is a warning, one that answers is told with its time', async (t) => {
  const port = await freePort()
  const away = await examine({
    ...instance.environment,
    REDIS_URL: `redis://user:hunter2@127.0.0.1:${port}`,
  })
  diagnosed(away.get('redis'), 'warn', /cannot be used \(ECONNREFUSED\)/, /REDIS_URL/)
  assert.doesNotMatch(away.get('redis')?.found ?? '', /hunter2/)
  const redis = await openTestRedis()
  if (typeof redis === 'string') return t.skip(redis)
  t.after(redis.close)
  const found = await examine({ ...instance.environment, REDIS_URL: redis.url })
  diagnosed(found.get('redis'), 'ok', /answers in [\d.]+ ms/)
  assert.deepEqual(await redis.client.keys('payonce:probe:*'), [])
})

test('a module of handlers that does not load, and calls that were given up, are told', async () => {
  await using module = await writeModule(`export const mail = every('mail')`)
  await using broken = await writeModule('throw new Error("no mail service")')
  const withModule = (path: string) => examine({ ...instance.environment, PAYONCE_HANDLERS: path })
  const sound = await withModule(module.path)
  diagnosed(sound.get('handlers'), 'ok', /1 handler \(mail\), no observer/)
  assert.equal(sound.get('handler runs'), undefined)
  const failing = await withModule(broken.path)
  diagnosed(failing.get('handlers'), 'fail', /no mail service/, /PAYONCE_HANDLERS/)

  await runSql(
    instance.databaseUrl,
    `insert into event_handlers values ('mail', payonce_clock(), payonce_clock())`,
  )
  await payonce(instance.environment, 'trigger', 'payout.paid')
  const owed = async () =>
    (await runSql(instance.databaseUrl, 'select id from handler_runs')).rows.length
  await eventually(owed, (count) => count > 0, 10_000)
  const orphaned = await look()
  diagnosed(orphaned.get('handler names'), 'warn', /for mail/, /handlers remove <name>/)
  diagnosed(
    (await withModule(module.path)).get('handler runs'),
    'ok',
    /None was given up, \d+ wait/,
  )
  await runSql(
    instance.databaseUrl,
    `update handler_runs set dead_at = payonce_clock(), failed_at = payonce_clock(), code = 'handler_failed',
      detail = 'no'`,
  )
  diagnosed(
    (await withModule(module.path)).get('handler runs'),
    'warn',
    /\d+ of mail/,
    /handlers retry <run>/,
  )
  await payonce(instance.environment, 'handlers', 'remove', 'mail', '--yes', '--force')
})

test('a database that may lose commits is told, by the very server these tests run on', async () => {
  const findings = await look()
  diagnosed(findings.get('durability'), 'fail', /fsync is off/, /alter system set fsync = on/)
  for (const name of [
    'database',
    'connections',
    'schema',
    'clock',
    'queue',
    'dead letters',
    'intake',
    'webhook secret',
    'worker',
  ]) {
    assert.equal(findings.get(name)?.status, 'ok', findings.get(name)?.found)
  }
})

test('a database that is not there is told, and the rest is still looked at', async () => {
  const findings = await look('--database-url', 'postgresql://a:b@127.0.0.1:1/c')
  diagnosed(findings.get('database'), 'fail', /ECONNREFUSED/, /correct DATABASE_URL/)
  assert.equal(findings.get('intake')?.status, 'ok')
  assert.equal(findings.has('worker'), false)
})

test('a schema that is not up to date is told with the command that mends it', async () => {
  await using empty = await createEmptyDatabase()
  const findings = await look('--database-url', empty.url)
  diagnosed(findings.get('schema'), 'fail', /migrations are not applied/, /payonce migrate up/)
  await using newer = await createTestDatabase()
  await runSql(
    newer.url,
    `insert into schema_migrations (name, run_on) values ('9999_later', '2099-01-01')`,
  )
  diagnosed(
    (await look('--database-url', newer.url)).get('schema'),
    'fail',
    /9999_later/,
    /migrate down/,
  )
})

test('an instance of another database is told from a worker that rests', async () => {
  await using other = await createTestDatabase()
  const findings = await look('--database-url', other.url)
  diagnosed(
    findings.get('worker'),
    'fail',
    /not in this database/,
    /correct --endpoint, or DATABASE_URL/,
  )
})

test('a clock that somebody moved is told', async () => {
  await runSql(instance.databaseUrl, 'update clock_offset set seconds = 600')
  const findings = await look()
  await runSql(instance.databaseUrl, 'update clock_offset set seconds = 0')
  diagnosed(findings.get('clock'), 'fail', /moved by 600 s/, /clock_offset/)
})

test('dead letters that wait are told, and do not fail the rest', async () => {
  await payonce(instance.environment, 'trigger', 'payout.created')
  await runSql(
    instance.databaseUrl,
    `insert into dead_letters select id, merchant_id, livemode, 6, 'event', 'code', 'detail', payonce_clock()
      from inbox_events limit 1`,
  )
  const findings = await look()
  await runSql(instance.databaseUrl, 'delete from dead_letters')
  diagnosed(
    findings.get('dead letters'),
    'warn',
    /1 event was given up and waits/,
    /events failures/,
  )
})

test('a process without a worker is told, by the event that stays and by the queue that does not move', async () => {
  await using api = await openInstance({ args: ['--role', 'api'] })
  const first = await examine(api.environment, '--wait', '1')
  diagnosed(first.get('worker'), 'fail', /is stored and waiting/, /--role worker/)
  await runSql(api.databaseUrl, `update inbox_queue set run_at = run_at - interval '1 minute'`)
  const second = await examine(api.environment, '--wait', '1')
  diagnosed(
    second.get('queue'),
    'fail',
    /the oldest \(pev_\w+\) for \d+ s, and nobody takes them/,
    /--role worker/,
  )
})

test('nobody at the address, or somebody else, is told', async () => {
  diagnosed(
    (await look('--endpoint', `http://127.0.0.1:${await freePort()}`)).get('intake'),
    'fail',
    /ECONNREFUSED/,
    /payonce start/,
  )
  await using another = await openProxy(instance.url, habits.isAnother)
  diagnosed(
    (await look('--endpoint', another.url)).get('intake'),
    'fail',
    /HTTP 502, and not in our words \(nginx\)/,
    /--endpoint/,
  )
  const wrong = await look(
    '--endpoint',
    `${instance.url}/webhooks/stripe/pac_00000000000000000000000009`,
  )
  diagnosed(wrong.get('intake'), 'fail', /refuses a signed event/, /pac_/)
})

test('a secret that the instance does not verify with is told, by its number when there are several', async () => {
  diagnosed(
    (await look('--secret', 'whsec_wrong')).get('webhook secret'),
    'fail',
    /The secret of STRIPE_WEBHOOK_SECRET/,
    /Restart Payonce/,
  )
  const both = await look('--secret', `${instance.webhookSecret},whsec_wrong`)
  diagnosed(both.get('webhook secret'), 'fail', /Secret number 2/)
  const right = async () => (await look('--secret', instance.webhookSecret)).get('webhook secret')
  assert.equal((await right())?.status, 'ok', 'what it sent itself is no alarm')
  const forged = await fetch(`${instance.url}/webhooks/stripe`, {
    method: 'POST',
    body: '{}',
    headers: { 'stripe-signature': 't=1,v1=00' },
  })
  assert.equal(forged.status, 400)
  diagnosed(await right(), 'warn', /1 webhook was refused for its signature/, /--url/)
})

test('a folder and a database that know no secret are told', async () => {
  await using fresh = await createTestDatabase()
  const elsewhere = { DATABASE_URL: fresh.url, PAYONCE_DATA_DIR: '/nonexistent/folder' }
  const findings = await examine(elsewhere, '--endpoint', instance.url)
  diagnosed(findings.get('intake'), 'fail', /No signing secret is known/, /STRIPE_WEBHOOK_SECRET/)

  const away = { DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/c', PAYONCE_DATA_DIR: '/nonexistent' }
  const blind = await examine(away, '--endpoint', instance.url)
  diagnosed(blind.get('intake'), 'fail', /kept in the database/, /Mend the database first/)
})

test('a wrong setting is told, and the rest is looked at as far as it goes', async () => {
  const findings = await look('--secret', 'nonsense')
  diagnosed(findings.get('configuration'), 'fail', /must start with whsec_/)
  assert.equal((await payonce(instance.environment, 'doctor', '--url', 'nonsense')).code, 2)
})

const diagnoses: Record<Exclude<keyof typeof habits, 'none'>, [found: RegExp, fix: RegExp]> = {
  reserializes: [
    /re-serializes it\); lost on the way: white space, .*escapes, .*large numbers/,
    /raw bytes/,
  ],
  trims: [/changes the body; lost on the way: white space\./, /raw bytes/],
  speaksLatin: [/another encoding than UTF-8/, /raw bytes/],
  rounds: [/lost on the way: large numbers\./, /raw bytes/],
  wraps: [/changes even a plain body/, /raw body/],
  dropsHeader: [/drops or empties the Stripe-Signature header/, /pass on every header/],
  compresses: [/compresses the body/, /Switch off/],
  compressesLarge: [/compresses the body .*\(a body of 256 KiB\)/, /Switch off/],
  limits: [/lets no body of 2 MiB through \(HTTP 413\)/, /client_max_body_size/],
  redirects: [/redirects to https:\/\/elsewhere\.example\//, /follows?|end of the redirect/],
  isAnother: [/answered HTTP 502 by nginx/, /Route this address/],
}

test('a proxy that passes everything on is found sound, and its test leaves nothing behind', async () => {
  await using proxy = await openProxy(instance.url, habits.none)
  const count = async () =>
    (await runSql(instance.databaseUrl, 'select count(*)::int as count from inbox_events')).rows[0]
      .count
  await look()
  const before = await count()
  const findings = await look('--url', proxy.url)
  diagnosed(findings.get('proxy'), 'ok', /10 bodies came through .* byte for byte, up to 2 MiB/)
  assert.equal(await count(), before + 1, 'only the self-test is stored')
})

for (const [name, [found, fix]] of Object.entries(diagnoses)) {
  test(`a proxy that ${name} is told so`, async () => {
    const habit: Habit = habits[name as keyof typeof habits]
    await using proxy = await openProxy(instance.url, habit)
    diagnosed((await look('--url', proxy.url)).get('proxy'), 'fail', found, fix)
  })
}

test('a way that ends nowhere, or at an instance of another secret, is told', async () => {
  diagnosed(
    (await look('--url', `http://127.0.0.1:${await freePort()}`)).get('proxy'),
    'fail',
    /ECONNREFUSED/,
    /--url/,
  )
  const wrong = await look('--secret', 'whsec_wrong', '--url', instance.url)
  diagnosed(wrong.get('proxy'), 'fail', /verifies with another secret/, /--secret/)
  const path = await look('--url', `${instance.url}/webhooks/stripe/pac_00000000000000000000000009`)
  diagnosed(path.get('proxy'), 'fail', /belongs to no provider account/, /path unchanged/)
})
