/** The documentation says what is so: links, commands, settings, files, the state diagram, error codes. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { test } from 'node:test'
import { listCommands } from '../src/cli/payonce.ts'
import { readConfig } from '../src/config/config.ts'
import type { Environment } from '../src/config/settings.ts'
import { paymentStatuses, paymentTransitions } from '../src/domain/payment.ts'
import { referencePages } from './support/reference-pages.ts'

const repository = resolve(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(repository, path), 'utf8')
const pages = [
  ...globSync('*.md', { cwd: repository }),
  ...globSync('docs/**/*.md', { cwd: repository }),
].toSorted()

/** The house's formatter pads tables; how a page is padded is no difference. */
const unpadded = (text: string) =>
  text
    .replace(/ {2,}\|/g, ' |')
    .replace(/\| -{3,}/g, '| ---')
    .replace(/-{3,} \|/g, '--- |')

for (const [page, render] of Object.entries(referencePages)) {
  test(`${page} is what the code declares`, () => {
    const expected = render()
    if (process.env.UPDATE_DOCS === '1') writeFileSync(join(repository, page), expected)
    assert.ok(existsSync(join(repository, page)), `${page} is not there`)
    assert.equal(
      unpadded(read(page)),
      unpadded(expected),
      `${page} is stale: run UPDATE_DOCS=1 node --test test/docs.test.ts`,
    )
  })
}

test('every command the documentation names is there', () => {
  const names = listCommands(async () => 0).map(({ name }) => name)
  const known = new Set([...names, ...names.map((name) => name.split(' ')[0]), 'help'])
  const unknown: string[] = []
  for (const page of pages) {
    const code = [...read(page).matchAll(/```[\s\S]*?```|`[^`\n]*`/g)].map(([text]) => text)
    const commands = code.flatMap((text) => [
      ...text.matchAll(/(?:^`+|npx |\n|\$ |\| )payonce ([a-z-]+)(?: ([a-z-]+))?/g),
    ])
    for (const [, first = '', second = ''] of commands) {
      const isGroup = !names.includes(first) && first !== 'help'
      const name = isGroup && second !== '' ? `${first} ${second}` : first
      if (!known.has(name)) unknown.push(`${page}: payonce ${name}`)
    }
  }
  assert.deepEqual(unknown, [])
})

test('every hint the code prints is a line that works in a clone', () => {
  const commands = listCommands(async () => 0)
  const words = new Set(commands.map(({ name }) => name.split(' ')[0]))
  const bare = new RegExp(`(?<!npx )\\bpayonce (${[...words, 'help'].join('|')})\\b`)
  // Help and the reference name the program alone, as a page of its own says.
  const named = commands.flatMap(({ examples, description }) => [
    ...examples.map(([line]) => line),
    ...(description?.match(/`[^`]+`/g) ?? []),
  ])
  const hints = globSync('src/**/*.ts', { cwd: repository })
    .filter((path) => !path.endsWith('.test.ts') && !path.endsWith('completion-scripts.ts'))
    .flatMap((path) => read(path).split('\n'))
    .filter((line) => bare.test(line) && !named.some((one) => line.includes(one)))
  assert.deepEqual(hints, [])
})

const withoutCode = (text: string) => text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '')

/** As GitHub makes them: lower case, punctuation gone, spaces to dashes. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replace(/```[\s\S]*?```/g, '').matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

test('every link inside the documentation leads somewhere', () => {
  const broken: string[] = []
  for (const page of pages) {
    for (const [, target = ''] of withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const named = path === '' ? page : join(dirname(page), path)
      if (!existsSync(join(repository, named))) broken.push(`${page}: ${target}`)
      else if (anchor !== undefined && !anchorsOf(read(named)).has(anchor))
        broken.push(`${page}: ${target} (no such heading)`)
    }
  }
  assert.deepEqual(broken, [])
})

test('every npm script the documentation names is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const unknown: string[] = []
  for (const page of pages) {
    for (const [, name = ''] of read(page).matchAll(/npm run ([a-z0-9][a-z0-9:-]*)/g)) {
      if (scripts[name] === undefined) unknown.push(`${page}: npm run ${name}`)
    }
  }
  assert.deepEqual(unknown, [])
})

test('the README lists exactly the settings that are read, and so does .env.example', () => {
  const known = new Set<string>()
  const recorder = new Proxy<Environment>(
    {},
    {
      get(_target, name) {
        known.add(String(name))
        return undefined
      },
    },
  )
  readConfig(recorder)
  const section = read('README.md').split('## Configuration')[1]?.split('\n## ')[0] ?? ''
  const listed = [...section.matchAll(/^\| `([A-Z][A-Z0-9_]*)` *\|/gm)].map((match) => match[1])
  const example = [...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=/gm)].map(
    (match) => match[1],
  )
  assert.deepEqual(listed.toSorted(), [...known].toSorted())
  assert.deepEqual(listed.toSorted(), example.toSorted())
})

test('every program of a guide is the file it names', () => {
  const guide = 'docs/guides/embed-intake.md'
  const programs = [
    ...read(guide).matchAll(/`(edge\/[\w./-]+\.ts)`[^\n]*\n\n```ts\n([\s\S]*?)```/g),
  ]
  assert.equal(programs.length, [...read(guide).matchAll(/^```ts$/gm)].length)
  for (const [, path = '', program] of programs) assert.equal(program, read(path), path)
})

test('the state diagram of a payment is the table of its transitions', () => {
  const [, diagram = ''] =
    /```mermaid\nstateDiagram-v2\n([\s\S]*?)```/.exec(read('docs/concepts/payment.md')) ?? []
  const drawn = [...diagram.matchAll(/^\s*(\S+) --> (\S+)$/gm)].map(
    ([, from, to]) => `${from} --> ${to}`,
  )
  const [first] = paymentStatuses
  const table = paymentStatuses.flatMap((from) => {
    const next: readonly string[] = paymentTransitions[from]
    return next.length === 0 ? [`${from} --> [*]`] : next.map((to) => `${from} --> ${to}`)
  })
  assert.deepEqual(drawn.toSorted(), [`[*] --> ${first}`, ...table].toSorted())
})

test('every file the documentation names is there', () => {
  const missing: string[] = []
  const file =
    /`((?:src|edge|test|migrations|docs|bench|scripts|\.ci)\/[\w./-]*|(?:README|ARCHITECTURE|CONTRIBUTING|CHANGELOG)\.md|package(?:-lock)?\.json|tsconfig\.json|biome\.json)`/g
  for (const page of pages) {
    for (const [, path = ''] of read(page).matchAll(file)) {
      if (!existsSync(join(repository, path))) missing.push(`${page}: ${path}`)
    }
  }
  assert.deepEqual(missing, [])
})

test('the map has one row for each requirement it names, with code unless it says otherwise', () => {
  const rows = [...read('docs/concepts/map.md').matchAll(/^\| ([A-Z]+-\d\d) \|(.*)\|$/gm)].map(
    ([, id = '', rest = '']) => ({ id, cells: rest.split('|').map((cell) => cell.trim()) }),
  )
  const ids = rows.map((row) => row.id)
  assert.deepEqual(ids, [...new Set(ids)])
  const without = rows.filter(
    ({ cells: [, code, , state] }) => code === '' && !state?.startsWith('not there'),
  )
  assert.deepEqual(without, [])
})
