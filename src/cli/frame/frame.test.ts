import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTable } from '../format-table.ts'
import { defineCommand } from './command.ts'
import { UsageError } from './failures.ts'
import { exactJson, layOutJson } from './json.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { printable, widthOf } from './printable.ts'
import { describeOption, renderCommandHelp, renderHelp } from './render-help.ts'
import { suggest } from './suggest.ts'

const command = defineCommand({
  name: 'books list',
  summary: 'List the books.',
  description: 'A long paragraph. '.repeat(12),
  positionals: [
    { name: 'shelf', summary: 'which shelf', choices: ['upper', 'lower'] },
    { name: 'row', summary: 'which row', optional: true },
  ],
  options: {
    port: { summary: 'port', value: '<port>', setting: 'PORT', fallback: '8000' },
    tag: { summary: 'tag', value: '<tag>', multiple: true },
    mode: { summary: 'mode', value: '<mode>', choices: ['fast', 'slow'] },
    all: { summary: 'all' },
  },
  examples: [['payonce books list upper', 'the upper shelf']],
  run: async () => 0,
})
const parse = (...argv: string[]) => parseCommandLine(command, argv)
const refuses = (argv: string[], message: RegExp) =>
  assert.throws(
    () => parse(...argv),
    (error: Error) => error instanceof UsageError && message.test(error.message),
  )

test('a line is read as the declaration says', () => {
  const { values, positionals } = parse('upper', '--tag', 'a', '--tag=b', '--all', '--', '-5')
  assert.deepEqual(positionals, ['upper', '-5'])
  assert.deepEqual(values, {
    port: '8000',
    tag: ['a', 'b'],
    mode: undefined,
    all: true,
    json: false,
    help: false,
  })
})

test('a wrong line is refused with what was probably meant', () => {
  refuses(['upper', '--prot', '1'], /unknown option --prot; did you mean --port\?/)
  refuses(['upper', '-p', '1'], /unknown option -p/)
  refuses(['upper', '--mode', 'fats'], /must be one of fast, slow; did you mean fast\?/)
  refuses(['upper', '--tag', '--all'], /--tag needs a value: --tag <tag>/)
  refuses(['upper', '--tag'], /--tag needs a value/)
  refuses(['upper', '--all=yes'], /--all takes no value/)
  refuses(['uper'], /<shelf> uper: must be one of upper, lower; did you mean upper\?/)
  refuses([], /<shelf> is missing/)
  refuses(['upper', '1', '2'], /"2" is one word too many/)
})

test('a value of one dash is a value, and asking for help needs nothing else', () => {
  assert.deepEqual(parse('upper', '--tag', '-').values.tag, ['-'])
  assert.equal(parse('--help').values.help, true)
})

test('help says everything the declaration does, within the width of a terminal', () => {
  const help = renderCommandHelp(command)
  for (const told of [
    'payonce books list <shelf> [<row>] [options]',
    'default 8000',
    'instead of PORT',
  ]) {
    assert.ok(help.includes(told), told)
  }
  assert.ok(help.split('\n').every((line) => line.length <= 100))
  assert.match(
    renderHelp([{ title: 'Books', commands: [command] }]),
    /Books\n {2}books list {2}List the books\.[\s\S]*130 {2}interrupted/,
  )
  assert.equal(
    describeOption(['tag', { summary: 'tag', value: '<tag>', multiple: true }])[1],
    'tag (may be repeated)',
  )
})

test('a slip of the finger is forgiven, another word is not', () => {
  const known = ['events', 'payments', 'revenue', 'trigger']
  assert.equal(suggest('evnets', known), 'events')
  assert.equal(suggest('trig', known), 'trigger')
  assert.equal(suggest('payment', known), 'payments')
  assert.equal(suggest('xyz', known), undefined)
  assert.equal(suggest('', known), undefined)
})

test('integers keep every digit, going out and coming back', () => {
  const amount = 123_456_789_012_345_678_901n
  assert.equal(exactJson({ amount }, 0), '{"amount":123456789012345678901}')
  assert.match(
    layOutJson('{"a":12345678901234567890,"b":1.0}') ?? '',
    /12345678901234567890[\s\S]*1\.0/,
  )
  assert.equal(layOutJson('{'), undefined)
})

test('what others wrote cannot command the terminal', () => {
  assert.equal(printable('a\u001b[2Jb\u202ec'), 'a\\u001b[2Jb\\u202ec')
  assert.equal(widthOf('\u001b[31mé\u001b[39m'), 1)
})

test('a table is aligned whatever its cells hold', () => {
  const rows = [
    ['a', { styled: '\u001b[31mred\u001b[39m' }, '1'],
    ['long\nname', 'x', '100'],
  ]
  const lines = formatTable(['NAME', 'COLOR', 'COUNT'], rows, ['COUNT']).split('\n')
  assert.equal(lines.length, 3)
  assert.deepEqual(new Set(lines.map(widthOf)), new Set([28]))
  assert.ok(lines[1]?.endsWith('    1'))
})
