import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeSettings } from './describe-settings.ts'

const environment = {
  PORT: '9000',
  HOST: '',
  STRIPE_SECRET_KEY: 'sk_test_sentinelOne',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_visible',
  STRIPE_WEBHOOK_SECRET: 'whsec_sentinelTwo,whsec_sentinelThree',
  BOOTSTRAP_API_KEY: 'sentinelFour-0123456789abcdef',
  DATABASE_URL:
    'postgres://shop:sentinelFive@db.example:5433/books?sslmode=require&password=sentinelSix',
}
const sourceOf = (variable: string) => (variable === 'PORT' ? '--port' : 'environment')

test('every setting is told with its source, and no secret in any form', () => {
  const { settings, problems } = describeSettings(environment, sourceOf)
  assert.deepEqual(problems, [])
  const found = new Map(settings.map((one) => [one.variable, one]))
  assert.deepEqual(found.get('PORT'), { variable: 'PORT', value: '9000', source: '--port' })
  assert.deepEqual(found.get('HOST'), { variable: 'HOST', value: '127.0.0.1', source: 'default' })
  assert.equal(found.get('LOG_LEVEL')?.source, 'default')
  assert.equal(found.get('INSTALLATION_ID')?.source, 'not set')
  assert.equal(found.get('STRIPE_PUBLISHABLE_KEY')?.value, 'pk_test_visible')
  assert.equal(found.get('STRIPE_WEBHOOK_SECRET')?.value, '2 times [secret]')
  assert.equal(
    found.get('DATABASE_URL')?.value,
    'postgres://shop:[secret]@db.example:5433/books?sslmode=require',
  )
  assert.doesNotMatch(JSON.stringify(settings), /sentinel/)
})

test('a database on a socket has no host to show, so nothing of it is shown', () => {
  const given = { DATABASE_URL: 'postgresql://user:sentinel@/books?host=/run/postgresql' }
  const { settings } = describeSettings(given, () => 'environment')
  assert.equal(settings.find(({ variable }) => variable === 'DATABASE_URL')?.value, '[secret]')
})

test('wrong settings are told beside the right ones', () => {
  const { settings, problems } = describeSettings({ PORT: 'many' }, () => '.env')
  assert.deepEqual(
    problems.map(({ variable }) => variable),
    ['PORT'],
  )
  const port = settings.find(({ variable }) => variable === 'PORT')
  assert.deepEqual(port, { variable: 'PORT', value: 'many', source: '.env' })
  assert.equal(settings.find(({ variable }) => variable === 'DATABASE_URL')?.value, 'embedded')
})
