import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from './config.ts'
import { listSecrets } from './list-secrets.ts'

const read = (environment: Record<string, string>) => readConfig(environment).tracing

test('without an endpoint, or when it is disabled, there is no tracing', () => {
  assert.equal(read({}), undefined)
  assert.equal(read({ OTEL_TRACES_SAMPLER: 'always_on' }), undefined)
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }
  assert.equal(read({ ...endpoint, OTEL_SDK_DISABLED: 'true' }), undefined)
})

test('the path of traces is added to the endpoint, and an address of its own is taken whole', () => {
  const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' }
  assert.equal(read(endpoint)?.url, 'http://collector:4318/v1/traces')
  const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in' }
  assert.equal(read({ ...endpoint, ...own })?.url, 'https://traces.example/in')
})

test('headers are decoded and secret; sampling follows the standard words', () => {
  const tracing = read({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20abc123%3D, x-team = pay',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
  })
  assert.equal(tracing?.headers.authorization?.reveal(), 'Basic abc123=')
  assert.equal(tracing?.headers['x-team']?.reveal(), 'pay')
  assert.doesNotMatch(JSON.stringify(tracing), /abc123/)
  assert.deepEqual([tracing?.sampleRatio, tracing?.followsParent], [0.25, true])
  const off = read({
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_TRACES_SAMPLER: 'always_off',
  })
  assert.deepEqual([off?.sampleRatio, off?.followsParent], [0, false])
})

test('a wrong address, header or sampler is told by name, and no value that may be a key', () => {
  const wrong = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:hunter2@collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'hunter2',
    OTEL_TRACES_SAMPLER: 'sometimes',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'grpc://collector',
  }
  assert.throws(
    () => readConfig(wrong),
    (error: Error) => {
      for (const name of Object.keys(wrong)) assert.match(error.message, new RegExp(name))
      assert.doesNotMatch(error.message, /hunter2/)
      return true
    },
  )
})

test('every secret of the configuration is known to the mask, passwords in addresses too', () => {
  const secrets = listSecrets(
    readConfig({
      DATABASE_URL: 'postgresql://app:p%40ss-word-1@db.example.com/payonce',
      BOOTSTRAP_API_KEY: 'chosen-by-a-person-0123456789',
      STRIPE_WEBHOOK_SECRET: 'whsec_one,whsec_two',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-key=collector-key-1',
    }),
  )
  for (const secret of [
    'p%40ss-word-1',
    'p@ss-word-1',
    'chosen-by-a-person-0123456789',
    'whsec_two',
    'collector-key-1',
  ]) {
    assert.ok(secrets.includes(secret), secret)
  }
})
