import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLogDestination } from './log-destination.ts'
import { createLogger } from './logger.ts'

const folder = mkdtempSync(join(tmpdir(), 'payonce-log-'))

function open(path: string, options: { flags?: string; bufferBytesMax?: number } = {}) {
  const { flags = 'a', ...bounds } = options
  let droppedCount = 0
  const onLinesDropped = (count: number) => {
    droppedCount += count
  }
  const descriptor = openSync(path, flags)
  const destination = openLogDestination({ descriptor, onLinesDropped, ...bounds })
  return { destination, dropped: () => droppedCount }
}

test('closing writes every line out, masked in whatever field it was', async () => {
  const path = join(folder, 'all.log')
  const { destination, dropped } = open(path)
  const log = createLogger({ level: 'info', destination })
  for (let index = 0; index < 5000; index++)
    log.info({ note: { to: 'ann@example.com' } }, `${index}`)
  await destination.close()
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  assert.equal(lines.length, 5000)
  assert.deepEqual(JSON.parse(lines[4999] ?? '').note, { to: '[email]' })
  assert.equal(dropped(), 0)
})

test('a full buffer costs lines, which are counted, and the rest is written', async () => {
  const path = join(folder, 'full.log')
  const { destination, dropped } = open(path, { bufferBytesMax: 1000 })
  for (let index = 0; index < 100; index++) destination.write(`${'x'.repeat(99)}\n`)
  await destination.close()
  const written = readFileSync(path, 'utf8').trimEnd().split('\n').length
  assert.equal(written + dropped(), 100)
  assert.equal(written, 10)
})

test('a destination that refuses lines, and a closed one, count them and throw nothing', async () => {
  const { destination, dropped } = open('/dev/null', { flags: 'r' })
  destination.write('one\n')
  await destination.close(50)
  destination.write('two\n')
  await destination.close(50)
  assert.equal(dropped(), 2)
})

test('a line too long to mask in time is dropped and counted', async () => {
  const path = join(folder, 'long.log')
  const { destination, dropped } = open(path)
  destination.write('x'.repeat(300_000))
  await destination.close()
  assert.equal(dropped(), 1)
})

const program = `
  import { openLogDestination } from ${JSON.stringify(import.meta.resolve('./log-destination.ts'))}
  const destination = openLogDestination()
  for (let index = 0; index < 20_000; index++) destination.write('x'.repeat(99) + '\\n')
  await destination.close(100)
  process.stderr.write('closed')
  process.exit(0)
`
const start = () =>
  spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: 'pipe',
    timeout: 20_000,
  })

test('a reader that never reads keeps nobody from exiting', {
  skip: process.platform !== 'linux',
}, async () => {
  const child = start()
  // Nothing reads the child's standard output, so the pipe between them fills and stays full.
  child.stdout.pause()
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
  child.stdout.destroy()
})

test('a reader that has gone away is not an error of the process', async () => {
  const child = start()
  child.stdout.destroy()
  const [code] = await once(child, 'exit')
  assert.equal(code, 0)
})
