import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { openLogDestination } from './log-destination.ts'
import { createLogger } from './logger.ts'

const folder = mkdtempSync(join(tmpdir(), 'payonce-log-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function open(path: string, options: { flags?: string; bufferLengthMax?: number } = {}) {
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

test('what a person is told stands between whole lines, unmasked, also when the buffer is full', async () => {
  const path = join(folder, 'told.log')
  const { destination } = open(path, { bufferLengthMax: 1000 })
  for (let index = 0; index < 10; index++) destination.write(`${'x'.repeat(99)}\n`)
  destination.tell('write to ann@example.com\n')
  destination.write('lost\n')
  await destination.close()
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  assert.deepEqual(lines.slice(0, 11), [
    ...Array.from({ length: 10 }, () => 'x'.repeat(99)),
    'write to ann@example.com',
  ])
  assert.match(lines[11] ?? '', /"lines_dropped":1/)
})

test('a full buffer costs lines, which are counted, and the rest is written', async () => {
  const path = join(folder, 'full.log')
  const { destination, dropped } = open(path, { bufferLengthMax: 1000 })
  for (let index = 0; index < 100; index++) destination.write(`${'x'.repeat(99)}\n`)
  await destination.close()
  const written = readFileSync(path, 'utf8').trimEnd().split('\n').length
  const lossLine = 1
  assert.equal(written - lossLine + dropped(), 100)
  assert.equal(written, 10 + lossLine)
})

test('lines lost to a full pipe are told in one line once somebody reads again', {
  skip: process.platform !== 'linux',
}, async () => {
  const path = join(folder, 'pipe')
  execFileSync('mkfifo', [path])
  // Opened for both ways, so that opening does not wait for the other side.
  const reader = openSync(path, constants.O_RDWR | constants.O_NONBLOCK)
  const { destination, dropped } = open(path, { flags: 'w', bufferLengthMax: 100_000 })
  const write = (count: number) => {
    for (let index = 0; index < count; index++) destination.write(`${'x'.repeat(99)}\n`)
  }
  // More than a pipe and the buffer hold together.
  for (let round = 0; round < 5; round++) {
    write(1000)
    await new Promise(setImmediate)
  }
  const lost = dropped()
  assert.ok(lost > 0)
  let text = ''
  const buffer = Buffer.alloc(65_536)
  const read = async () => {
    try {
      text += buffer.toString('utf8', 0, readSync(reader, buffer))
    } catch (error) {
      assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN')
    }
    return text
  }
  await eventually(read, () => text.includes('"lines_dropped"'), 10_000)
  write(1)
  await eventually(read, () => text.endsWith('x\n'), 10_000)
  await destination.close()
  const lines = text.trimEnd().split('\n')
  const told = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line))
  assert.deepEqual(
    told.map((line) => [line.level, line.lines_dropped]),
    [['warn', lost]],
  )
  assert.equal(lines.length - told.length + lost, 5001)
})

test('a full disk costs nothing but time: what waited is written once there is room', {
  skip: process.platform !== 'linux',
}, async () => {
  const { destination, dropped } = open('/dev/full', { bufferLengthMax: 500 })
  for (let index = 0; index < 10; index++) destination.write(`${'x'.repeat(99)}\n`)
  assert.equal(dropped(), 5)
  await destination.close(50)
  assert.equal(dropped(), 10)
})

test('a process that ends without closing still writes what it has', () => {
  const ending = `
    import { openLogDestination } from ${JSON.stringify(import.meta.resolve('./log-destination.ts'))}
    const destination = openLogDestination()
    process.once('exit', destination.writeNow)
    destination.write('last words of ann@example.com\\n')
    process.exit(0)`
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', ending], {
    encoding: 'utf8',
  })
  assert.equal(text, 'last words of [email]\n')
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
