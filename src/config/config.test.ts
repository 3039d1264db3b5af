import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { test } from 'node:test'
import { inspect, parseEnv } from 'node:util'
import { readConfig } from './config.ts'
import { ConfigError } from './config-error.ts'
import { readEnvironment } from './env.ts'
import { printConfig } from './print-config.ts'
import { Secret } from './secrets.ts'
import type { Environment } from './settings.ts'

const production: Environment = {
  APP_ENV: 'production',
  DATABASE_URL: 'postgresql://app:hunter2@db.example.com:5432/payonce?sslmode=verify-full',
  STRIPE_WEBHOOK_SECRET: 'whsec_one,whsec_two',
  INSTALLATION_ID: 'shop-eu-1',
}
const exampleText = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')

function problemsOf(environment: Environment): string[] {
  try {
    readConfig(environment)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n').slice(1)
  }
}

function onlyProblem(environment: Environment): string {
  const problems = problemsOf(environment)
  assert.equal(problems.length, 1, problems.join('\n'))
  return problems[0] ?? ''
}

test('an empty environment starts in development with the embedded database and no secret', () => {
  const config = readConfig({})
  assert.equal(config.environment, 'development')
  assert.equal(`${config.host}:${config.port}`, '127.0.0.1:8000')
  assert.ok(isAbsolute(config.dataDir))
  assert.deepEqual(config.database, { kind: 'embedded', dataDir: config.dataDir })
  assert.deepEqual(config.stripe, { webhookSecrets: [] })
  assert.deepEqual(config.bootstrap, { merchant: 'Default merchant' })
  assert.equal(config.retry.countMax, 5)
  assert.equal(config.intakeBytesMax, 67_108_864)
})

test('several Redis servers may be listed, and no part of a sign-in is shown', () => {
  const config = readConfig({
    REDIS_URL:
      'redis://one:6379/0, rediss://app:p%2Css%40@two.example:6380/3,redis://[::1],redis://one:6379/0',
  })
  const [one, two, three] = config.redis
  assert.equal(config.redis.length, 3)
  assert.deepEqual(one, { host: 'one', port: 6379, database: 0, isEncrypted: false })
  assert.equal(`${two?.username?.reveal()} ${two?.password?.reveal()}`, 'app p,ss@')
  assert.deepEqual([two?.port, two?.database, two?.isEncrypted], [6380, 3, true])
  assert.deepEqual([three?.host, three?.port], ['::1', 6379])
  const printed = `${printConfig(config)} ${inspect(config, { depth: 9 })} ${JSON.stringify(config)}`
  assert.match(
    printed,
    /redis:\/\/one:6379\/0, rediss:\/\/two\.example:6380\/3, redis:\/\/\[::1\]:6379\/0/,
  )
  assert.doesNotMatch(printed, /p,ss|p%2Css|'app'|"app"/)
  assert.deepEqual(readConfig({ REDIS_URL: ' ' }).redis, [])
})

test('a malformed Redis address is named by its place, never by its text', () => {
  for (const wrong of [
    'http://:hunter2@host',
    'redis://',
    'redis://:hunter2@host/x',
    'redis://:hunter2@host/0?family=6',
    'redis://:hunter2@host/0#a',
    'redis://:hunter2@host:99999',
    'redis://:hunter2%@host',
    'redis://:hunter2@host/70000',
    'hunter2',
  ]) {
    const problem = onlyProblem({ REDIS_URL: `redis://fine,${wrong}` })
    assert.match(problem, /REDIS_URL: number 2 must be an address/, wrong)
    assert.doesNotMatch(problem, /hunter2/)
    assert.match(onlyProblem({ REDIS_URL: wrong }), /REDIS_URL: must be an address/, wrong)
  }
  const many = Array.from({ length: 10 }, (_, index) => `redis://host-${index}`).join(',')
  assert.match(onlyProblem({ REDIS_URL: many }), /at most 9 servers, not 10/)
})

test('an empty production environment names everything it lacks at once', () => {
  const problems = problemsOf({ APP_ENV: 'production' })
  assert.deepEqual(
    problems.map((line) => line.trim().split(':')[0]),
    ['DATABASE_URL', 'INSTALLATION_ID', 'STRIPE_WEBHOOK_SECRET'],
  )
})

test('every malformed variable has a line of its own in one error', () => {
  const broken: Environment = {
    APP_ENV: 'staging',
    PORT: '80a',
    HOST: 'a b',
    LOG_LEVEL: 'loud',
    DATABASE_URL: 'mysql://x/y',
    DATABASE_POOL_SIZE: '0',
    DATABASE_MAX_OVERFLOW: '-1',
    STRIPE_SECRET_KEY: 'nope',
    STRIPE_PUBLISHABLE_KEY: 'nope',
    STRIPE_WEBHOOK_SECRET: 'whsec_fine,nope',
    STRIPE_API_BASE: 'http://example.com',
    WEBHOOK_ALLOWED_ORIGINS: '10.0.0.0/33',
    TRUSTED_PROXIES: 'localhost',
    INTAKE_BYTES_MAX: '64MiB',
    INSTALLATION_ID: 'a b',
    BOOTSTRAP_API_KEY: 'short',
    EVENT_RETRY_COUNT_MAX: 'five',
    EVENT_RETRY_JITTER_RATIO: '1.5',
    WEBHOOK_MODE: 'inline',
    EVENT_BUS: 'nats',
    RELAY_SOURCE: 'polling',
    PAYONCE_HANDLERS: 'handlers',
  }
  const named = problemsOf(broken).map((line) => line.trim().split(':')[0])
  assert.deepEqual(named.toSorted(), Object.keys(broken).toSorted())
})

test('a complete production environment is accepted, with each webhook secret of a rotation', () => {
  const config = readConfig(production)
  assert.equal(config.environment, 'production')
  assert.deepEqual(
    config.stripe.webhookSecrets.map((secret) => secret.reveal()),
    ['whsec_one', 'whsec_two'],
  )
})

test('production runs the embedded database only when asked for by name', () => {
  assert.equal(readConfig({ ...production, DATABASE_URL: 'embedded' }).database.kind, 'embedded')
})

test('production refuses a database on another machine that does not say how it is encrypted', () => {
  const at = (host: string, query = '') => ({
    ...production,
    DATABASE_URL: `postgresql://u:p@${host}/payonce${query}`,
  })
  assert.match(onlyProblem(at('db.example.com')), /DATABASE_URL.*encrypted.*sslmode/)
  for (const accepted of [
    at('localhost'),
    at('127.0.0.1:5432'),
    at('[::1]'),
    at('', '?host=/var/run/postgresql'),
    at('db.example.com', '?sslmode=require'),
    at('db', '?sslmode=disable'),
  ]) {
    assert.deepEqual(problemsOf(accepted), [])
  }
})

test('an address written for a Python driver is read as the same database', () => {
  const { database } = readConfig({ DATABASE_URL: 'postgresql+asyncpg://u:p@localhost/payonce' })
  assert.ok(database.kind === 'url')
  assert.equal(database.url.reveal(), 'postgresql://u:p@localhost/payonce')
})

test('the log level is read in any case and DEBUG=true means debug', () => {
  assert.equal(readConfig({ LOG_LEVEL: 'WARN' }).logLevel, 'warn')
  assert.equal(readConfig({ LOG_LEVEL: 'INFO', DEBUG: 'True' }).logLevel, 'debug')
  assert.equal(readConfig({ DEBUG: 'express:*' }).logLevel, 'info')
})

test('a live Stripe key outside production and a mix of modes are refused', () => {
  for (const key of ['sk_live_abc', 'rk_live_abc']) {
    assert.match(onlyProblem({ STRIPE_SECRET_KEY: key }), /live key outside production/)
    assert.deepEqual(problemsOf({ ...production, STRIPE_SECRET_KEY: key }), [])
  }
  const mixed = { STRIPE_SECRET_KEY: 'sk_test_abc', STRIPE_PUBLISHABLE_KEY: 'pk_live_abc' }
  assert.match(onlyProblem(mixed), /same mode, not test and live/)
})

test('networks are normalised and a bare address means just that one', () => {
  const config = readConfig({ WEBHOOK_ALLOWED_ORIGINS: '3.18.12.63, 2001:db8::/32,10.0.0.0/8' })
  assert.deepEqual(config.webhookOrigins, ['3.18.12.63/32', '2001:db8::/32', '10.0.0.0/8'])
})

test('retry settings that contradict each other are refused', () => {
  assert.match(
    onlyProblem({ EVENT_RETRY_BASE_SECONDS: '60', EVENT_RETRY_DELAY_SECONDS_MAX: '30' }),
    /must not exceed/,
  )
  assert.match(onlyProblem({ EVENT_RETRY_IMMEDIATE_COUNT: '9' }), /must not exceed/)
  assert.deepEqual(problemsOf({ EVENT_RETRY_COUNT_MAX: '0' }), [])
})

test('blank variables count as unset and unknown ones are ignored', () => {
  assert.deepEqual(
    problemsOf({ PORT: ' ', DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '?' }),
    [],
  )
})

test('no secret shows in the printed settings, in JSON, in inspect or in an error', () => {
  const canary = 'hunter2'
  const config = readConfig({
    ...production,
    STRIPE_SECRET_KEY: `sk_live_${canary}`,
    STRIPE_WEBHOOK_SECRET: `whsec_${canary}`,
    BOOTSTRAP_API_KEY: canary.repeat(4),
  })
  const failure = problemsOf({
    DATABASE_URL: `mysql://${canary}@db/x`,
    STRIPE_SECRET_KEY: canary,
    STRIPE_PUBLISHABLE_KEY: canary,
    STRIPE_WEBHOOK_SECRET: canary,
    STRIPE_API_BASE: `http://u:${canary}@example.com`,
    BOOTSTRAP_API_KEY: canary,
  })
  assert.equal(failure.length, 6)
  const outputs = [printConfig(config), JSON.stringify(config), inspect(config, { depth: 9 })]
  for (const text of [...outputs, ...failure]) assert.doesNotMatch(text, /hunter2/)
})

test('a secret gives its value only when asked for it', () => {
  const secret = new Secret('hunter2')
  assert.equal(secret.reveal(), 'hunter2')
  assert.equal(
    `${secret} ${JSON.stringify({ secret })} ${inspect(secret)}`,
    '[secret] {"secret":"[secret]"} [secret]',
  )
})

test('.env.example names exactly the variables that are read', () => {
  const read = new Set<string>()
  const recorder = new Proxy<Environment>(
    {},
    {
      get(_target, name) {
        read.add(String(name))
        return undefined
      },
    },
  )
  readConfig(recorder)
  const named = [...exampleText.matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map((match) => match[1])
  assert.deepEqual(named.toSorted(), [...read].toSorted())
})

test('.env.example copied to .env starts, and so does each line of it that is commented out', () => {
  readConfig(parseEnv(exampleText))
  readConfig(parseEnv(exampleText.replace(/^#(?=[A-Z][A-Z0-9_]*=)/gm, '')))
})

test('.env completes the real environment in development and is not read in production', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'payonce-env-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const given = { environment: { PORT: '1' } as Environment, folder }
  assert.equal(readEnvironment(given).PORT, '1')
  writeFileSync(join(folder, '.env'), 'PORT=2\nHOST=0.0.0.0\n')
  assert.deepEqual(readEnvironment(given), { PORT: '1', HOST: '0.0.0.0' })
  const live = readEnvironment({ environment: { APP_ENV: 'production' }, folder })
  assert.deepEqual(live, { APP_ENV: 'production' })
})
