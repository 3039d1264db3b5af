import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { test } from 'node:test'
import { readConfig } from '../../../src/config/config.ts'
import { ownServices, readServices, readVariables, repository } from './compose-file.ts'
import { dockerfile } from './image-folder.ts'

const given = {
  POSTGRES_PASSWORD: 'superuser',
  PAYONCE_DATABASE_PASSWORD: 'payonce',
  INSTALLATION_ID: 'compose-test',
  BOOTSTRAP_API_KEY: 'payonce_test_compose0123456789abcdef',
  STRIPE_WEBHOOK_SECRET: 'whsec_compose_0123456789abcdef',
}
const services = readServices(given)
const packages: {
  dependencies: Record<string, string>
  devDependencies: Record<string, string>
} = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))

test('every service has a health check, and waits for healthy ones only', () => {
  for (const [name, { healthcheck, depends_on = {} }] of Object.entries(services)) {
    assert.ok((healthcheck?.test?.length ?? 0) > 1, `${name} has no health check`)
    assert.ok(healthcheck?.interval && healthcheck.timeout && healthcheck.retries, name)
    for (const [on, { condition }] of Object.entries(depends_on)) {
      assert.ok(services[on] !== undefined, `${name} depends on ${on}, which is not there`)
      assert.equal(condition, 'service_healthy', `${name} does not wait for ${on} to be healthy`)
    }
  }
  assert.equal(services.postgres?.container_name, 'payment-systems-postgres')
  assert.equal(services.redis?.container_name, 'payment-systems-redis')
  assert.equal(services.postgres?.environment?.POSTGRES_DB, 'payments_db')
})

test('no secret has a default: without one, nothing starts', () => {
  const variables = readVariables()
  const defaults = variables.filter(
    ({ name, fallback = '' }) => /PASSWORD|SECRET|KEY/.test(name) && fallback !== '',
  )
  assert.deepEqual(defaults, [])
  for (const name of Object.keys(given)) {
    assert.throws(() => readServices({ ...given, [name]: '' }), new RegExp(`^Error: ${name} is`))
  }
  const required = new Set(variables.filter((one) => one.required).map((one) => one.name))
  assert.deepEqual([...required].toSorted(), Object.keys(given).toSorted())
})

test('the settings of our services are complete, known and of production', () => {
  for (const [name, { environment = {} }] of ownServices(services)) {
    const known = new Set<string>()
    const settings = Object.fromEntries(
      Object.entries(environment).map(([setting, value]) => [setting, String(value)]),
    )
    const recorder = new Proxy(settings, {
      get: (all, setting) => {
        known.add(String(setting))
        return all[String(setting)]
      },
    })
    assert.equal(readConfig(recorder).environment, 'production', name)
    assert.deepEqual(
      Object.keys(environment).filter((setting) => !known.has(setting)),
      [],
      name,
    )
  }
})

test('the image runs the Node of the project, as another user than root', () => {
  const [, version] = /^ARG NODE_VERSION=(.+)$/m.exec(dockerfile) ?? []
  assert.equal(version, packages.devDependencies.node)
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
  assert.deepEqual([...new Set(bases)], [`node:\${NODE_VERSION}-bookworm-slim`])
  assert.equal([...dockerfile.matchAll(/^USER (\S+)$/gm)].at(-1)?.[1], 'node')
})

test('what runs in the image needs no package that the image leaves out', () => {
  const paths = globSync(['src/**/*.ts', 'bin/*.js', 'scripts/migrate.ts'], { cwd: repository })
  const missing = paths
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => {
      const code = readFileSync(join(repository, path), 'utf8')
      // Types are gone when it runs; what is imported by a computed name is looked for when it is needed.
      const imports = code.matchAll(
        /^(?:import|export)\s(?!type\s)[^'";]*from\s'([^.'][^']*)'|^import '([^.'][^']*)'/gm,
      )
      return [...imports]
        .map(([, from, bare]) => from ?? bare ?? '')
        .filter((specifier) => !isBuiltin(specifier))
        .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? '')
        .filter((name) => packages.dependencies[name] === undefined)
        .map((name) => `${path}: ${name}`)
    })
  assert.deepEqual(missing, [])
})

test('every target of the Makefile calls a script that is there', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(repository, 'package.json'), 'utf8'),
  )
  const makefile = readFileSync(join(repository, 'Makefile'), 'utf8')
  const called = [...makefile.matchAll(/^\tnpm (?:run )?([a-z:]+)/gm)].map(([, name = '']) => name)
  assert.ok(called.length > 0)
  assert.deepEqual(
    called.filter((name) => scripts[name] === undefined),
    [],
  )
})
