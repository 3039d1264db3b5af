import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findDefaultExports } from './files.ts'
import { findCycles, findLoadedPackages, findUnreachable } from './import-graph.ts'
import { findEdgeImports, findSandboxImports, findWrongImports } from './import-order.ts'
import { findEnvironmentReads, findImpurity } from './impurity.ts'
import { lex } from './lexer.ts'
import { parseSource } from './source-files.ts'
import { findMigrationClocks, findSessionLocks, findSqlClocks, findStraySql } from './sql.ts'

const from = (path: string, text: string) => [parseSource(path, text)]

test('comments are blank, strings keep their line, and templates survive their holes', () => {
  const source =
    "// it's\nconst a = `x$" + '{f({ b: "y" })}z` /* `q` */\nconst r = /["`]/\nconst c = \'w\''
  const { code, literals } = lex(source)
  assert.doesNotMatch(code, /it's|`q`/)
  assert.deepEqual(
    literals.map(({ text, line }) => [text.replace(/\$\{\}/, ''), line]),
    [
      ['x', 2],
      ['yz', 2],
      ['w', 4],
    ],
  )
})

test('an import against the order is found, types and several lines included', () => {
  const wrong: Array<[path: string, target: string]> = [
    ['src/domain/money.ts', '../telemetry/logger.ts'],
    ['src/ledger/post.ts', '../outbox/append.ts'],
    ['src/store/db.ts', '../ledger/post.ts'],
    ['src/providers/stripe/index.ts', '../../store/db.ts'],
    ['src/http/server.ts', '../config/config.ts'],
    ['src/payments/capture.ts', '../embedded/launch.ts'],
    ['src/http/server.ts', '../providers/provider.ts'],
    ['src/telemetry/logger.ts', '../config/config.ts'],
  ]
  for (const [path, target] of wrong) {
    const text = `import type {\n  A,\n} from '${target}'\n`
    assert.equal(findWrongImports(from(path, text)).length, 1, `${path} ${target}`)
  }
  const right = "import { a } from '../store/db.ts'\nexport * from '../domain/money.ts'\n"
  assert.deepEqual(findWrongImports(from('src/ledger/post.ts', right)), [])
  assert.equal(findSandboxImports(from('sandbox/a.ts', "import '../src/store/db.ts'")).length, 1)
})

test('a circle and a file that nothing leads to are found', () => {
  const one = parseSource('src/a/one.ts', "import { two } from './two.ts'")
  const two = parseSource('src/a/two.ts', "export { one } from './one.ts'")
  const dead = parseSource('src/a/dead.ts', '')
  assert.equal(findCycles([one, two, dead]).length, 1)
  const paths = [one.path, two.path, dead.path]
  assert.deepEqual(findUnreachable([one, two, dead], [one.path], paths), [dead.path])
})

test('what the mounted intake imports and loads is found, types left out of what is loaded', () => {
  const allowed = "import '../src/inbox/receive.ts'\nimport '../src/http/problem.ts'"
  assert.deepEqual(findEdgeImports(from('edge/a.ts', allowed)), [])
  for (const target of ['../src/http/server.ts', '../src/app/intake.ts', '../src/config/env.ts']) {
    assert.equal(findEdgeImports(from('edge/a.ts', `import '${target}'`)).length, 1, target)
  }
  const one = parseSource(
    'a/one.ts',
    "import type { A } from 'typed'\nimport { b } from './two.ts'",
  )
  const two = parseSource('a/two.ts', "export { b } from 'loaded'\nimport type { C } from './c.ts'")
  const typed = parseSource('a/c.ts', "import 'other'")
  const loaded = findLoadedPackages([one, two, typed], 'a/one.ts')
  assert.deepEqual([...loaded], [['loaded', 'a/two.ts']])
})

test('SQL is told from English, and the clock of the database is found in it', () => {
  for (const sql of [
    'select 1 from a',
    '\n  with x as (select 1) select * from x',
    'update payments set status = 1',
    'insert into a values (1)',
    'delete from a',
  ]) {
    assert.equal(findStraySql(from('src/http/a.ts', `q(\`${sql}\`)`)).length, 1, sql)
    assert.deepEqual(findStraySql(from('src/store/a.ts', `q(\`${sql}\`)`)), [])
  }
  for (const english of [
    'select a plan',
    'update the key',
    'with care',
    'begin',
    'delete it from here',
  ]) {
    assert.deepEqual(findStraySql(from('src/http/a.ts', `q('${english}')`)), [], english)
  }
  const withClock = 'const a = `select now()`; deps.now(); now() // now()'
  assert.equal(findSqlClocks(from('src/store/a.ts', withClock)).length, 1)
})

test('a migration may read the clock only where it defines ours', () => {
  const definition =
    'create function payonce_clock() returns timestamptz as $$ select clock_timestamp() $$;'
  assert.deepEqual(findMigrationClocks('m', `${definition} -- now()\n`), [])
  assert.equal(findMigrationClocks('m', `${definition} default now()`).length, 1)
})

test('session locks are found and transaction locks are not', () => {
  const lock = (call: string) => findSessionLocks([{ path: 'a', text: `select ${call}(1)` }]).length
  assert.equal(lock('pg_advisory_lock'), 1)
  assert.equal(lock('pg_try_advisory_lock'), 1)
  assert.equal(lock('pg_advisory_xact_lock'), 0)
})

test('time, chance, the environment and default exports are found where they do not belong', () => {
  for (const call of ['new Date()', 'Date.now()', 'Math.random()', 'crypto.randomUUID()']) {
    assert.equal(findImpurity(from('src/domain/a.ts', `f(${call})`)).length, 1, call)
    assert.deepEqual(findImpurity(from('src/http/a.ts', `f(${call})`)), [])
  }
  assert.deepEqual(findImpurity(from('src/domain/a.ts', 'new Date(ms) // Date.now()')), [])
  assert.equal(findEnvironmentReads(from('src/app.ts', 'f(process.env.A)')).length, 1)
  assert.deepEqual(findEnvironmentReads(from('src/config/env.ts', 'f(process.env)')), [])
  assert.equal(findDefaultExports(from('src/a/b.ts', 'export default 1')).length, 1)
})
