/**
 * What style.md and ARCHITECTURE.md ask for and no linter knows: each rule is one test, and each failure names
 * the file, the line and the rule. The rules themselves are in test/tidy/.
 */
import assert from 'node:assert/strict'
import { matchesGlob } from 'node:path/posix'
import { type TestContext, test } from 'node:test'
import {
  findBadNames,
  findBadSpecifiers,
  findDefaultExports,
  findLargeMedian,
  findLongFiles,
} from './tidy/files.ts'
import { findCycles, findLoadedPackages, findUnreachable } from './tidy/import-graph.ts'
import {
  findEdgeImports,
  findSandboxImports,
  findUnknownFolders,
  findWrongImports,
} from './tidy/import-order.ts'
import { findEnvironmentReads, findImpurity } from './tidy/impurity.ts'
import { findMigrationFaults } from './tidy/migrations.ts'
import { findPrivateNames } from './tidy/private-names.ts'
import { generatedFiles, isTest, listFiles, readSource, readText } from './tidy/source-files.ts'
import { findMigrationClocks, findSessionLocks, findSqlClocks, findStraySql } from './tidy/sql.ts'

const files = listFiles()
const all = files
  .filter((path) => /^(?:src|edge|test|bench|scripts|sandbox|bin)\/.*\.[tj]s$/.test(path))
  .filter((path) => !generatedFiles.has(path))
  .map(readSource)
const inSrc = all.filter(({ path }) => path.startsWith('src/'))
const shipped = inSrc.filter(({ path }) => !isTest(path))
const edge = all.filter(({ path }) => path.startsWith('edge/'))
const sandbox = all.filter(({ path }) => path.startsWith('sandbox/'))
const migrations = files.filter((path) => /^migrations\/.*\.sql$/.test(path))

function assertNone(faults: string[]): void {
  assert.ok(faults.length === 0, `\n${faults.join('\n')}`)
}

test('every folder of src has its place in the import order', () => {
  assertNone(findUnknownFolders(shipped))
})

test('imports point one way', () => {
  assertNone(findWrongImports(shipped))
})

test('the sandbox knows our words and nothing else of us', () => {
  assertNone(findSandboxImports(sandbox))
})

test('the mounted intake is the inbox and little else, and loads no package but pg', () => {
  assertNone(findEdgeImports(edge))
  const loaded = findLoadedPackages(all, 'edge/intake.ts')
  assert.ok(loaded.has('pg'))
  // A bundler cannot follow a thread's file, and functions have no threads.
  assertNone(
    [...loaded]
      .filter(([name]) => name !== 'pg' && !/^node:(?:async_hooks|crypto|net)$/.test(name))
      .map(([name, path]) => `${path} loads ${name}`),
  )
})

test('no import goes in a circle', () => {
  assertNone(findCycles(all))
})

test('every relative import names a file that is there, with its extension', () => {
  const known = new Set(files)
  assertNone(findBadSpecifiers(all, known))
})

test('every file of src and edge is reached from main, the command line, a script or a test', () => {
  const isRoot = (path: string) =>
    /^(?:src\/main\.ts$|src\/cli\/|bin\/|scripts\/|bench\/|sandbox\/|test\/|edge\/(?:supabase|examples)\/)/.test(
      path,
    ) || isTest(path)
  const roots = all.map(({ path }) => path).filter(isRoot)
  assertNone(
    findUnreachable(
      all,
      roots,
      [...shipped, ...edge].map(({ path }) => path),
    ),
  )
})

test('SQL lives in store, embedded and migrations', () => {
  assertNone(findStraySql(shipped))
})

test('SQL reads the time from payonce_clock only', () => {
  const inMigrations = migrations.flatMap((path) => findMigrationClocks(path, readText(path)))
  assertNone([...findSqlClocks(shipped), ...inMigrations])
})

test('no advisory lock outlives its transaction', () => {
  const inMigrations = migrations.map((path) => ({ path, text: readText(path) }))
  const inCode = shipped.map(({ path, code }) => ({ path, text: code }))
  assertNone(findSessionLocks([...inCode, ...inMigrations]))
})

test('one file of Payonce and one of the sandbox read the environment', () => {
  assertNone(findEnvironmentReads([...shipped, ...sandbox]))
})

test('domain, ledger and providers are handed time and chance', () => {
  assertNone(findImpurity(shipped))
})

test('migrations are numbered without a gap and say whether the previous release can run on them', () => {
  assertNone(findMigrationFaults(migrations))
})

test('no file is too long and the usual one is short', () => {
  assertNone([...findLongFiles(all), ...findLargeMedian(shipped)])
})

test('files are named in kebab-case for what they do', () => {
  assertNone(findBadNames(all.map(({ path }) => path).filter((path) => path.endsWith('.ts'))))
})

test('src has named exports only', () => {
  assertNone(findDefaultExports(inSrc))
})

test('no tracked file names a private machine, path or registry', () => {
  assertNone(findPrivateNames(files))
})

test('npm test runs every file of tests', () => {
  const { scripts } = JSON.parse(readText('package.json'))
  const words: string[] = `${scripts.test} ${scripts['test:alone']}`.split(' ')
  const patterns = words
    .map((word) => word.replaceAll("'", ''))
    .filter((word) => /^(?:src|test)\//.test(word))
  const isRun = (path: string) => patterns.some((pattern) => matchesGlob(path, pattern))
  const tests = files.filter((path) => path.endsWith('.test.ts'))
  assertNone(tests.filter((path) => !isRun(path)).map((path) => `${path} is in no suite`))
})

test('every error code is documented', async (t: TestContext) => {
  const page = 'docs/reference/errors.md'
  if (!files.includes('src/domain/errors.ts')) return t.skip('there is no catalogue of errors yet')
  const { errorCatalogue } = await import('../src/domain/errors.ts')
  const entries = Object.entries(errorCatalogue)
  const untold = entries.filter(([, { title }]) => title.trim() === '').map(([code]) => code)
  assertNone(untold.map((code) => `${code} has no title`))
  if (!files.includes(page)) return t.skip(`${page} is not generated yet`)
  const text = readText(page)
  assertNone(
    entries
      .filter(([code]) => !text.includes(`\`${code}\``))
      .map(([code]) => `${page} does not tell ${code}`),
  )
})
