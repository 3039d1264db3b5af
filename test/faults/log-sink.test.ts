/** Where the log goes may be stuck, gone or full: money moves on, and what was not written is counted and told. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { createTestDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/process.ts'
import { stripeSignature } from '../support/stripe-signature.ts'

const main = resolve(import.meta.dirname, '../../src/main.ts')
const SECRET = 'whsec_log_sink_0123456789'
const API_KEY = 'payonce_test_logsink0123456789abcdefghijklmn'
const LONG_PATH = 'x'.repeat(12_000)
const TOGETHER_COUNT = 30
/** A pipe or socket may hold megabytes beside our buffer, as the machine is set up. */
const LONG_LINE_COUNT_MAX = 10_000

async function withSink(
  sink: 'pipe' | number,
  work: (payonce: Awaited<ReturnType<typeof start>>) => Promise<void>,
): Promise<void> {
  await using database = await createTestDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'payonce-log-sink-'))
  const started = await start(sink, database.url, folder)
  try {
    await work(started)
  } finally {
    started.child.kill('SIGKILL')
    await started.exited
    started.child.stdout?.destroy()
    await rm(folder, { recursive: true, force: true })
  }
}

async function start(sink: 'pipe' | number, databaseUrl: string, folder: string) {
  const port = await freePort()
  const child: ChildProcess = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      PAYONCE_DATA_DIR: folder,
      PORT: String(port),
      STRIPE_WEBHOOK_SECRET: SECRET,
      BOOTSTRAP_API_KEY: API_KEY,
      SANDBOX_PORT: '0',
    },
    // Nobody reads the pipe until a test does.
    stdio: ['ignore', sink, 'inherit'],
  })
  const exited = once(child, 'exit').then(([code, signal]) => signal ?? code)
  const url = `http://127.0.0.1:${port}`
  const ask = async (path: string) => {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${API_KEY}` },
    })
    return response.text()
  }
  await eventually(
    () => ask('/ready').catch(() => ''),
    (text) => text.includes('"ready"'),
    30_000,
  )
  const dropped = async () =>
    Number(/^log_lines_dropped_total (\d+)$/m.exec(await ask('/metrics'))?.[1] ?? 0)
  let paid = 0
  return {
    child,
    exited,
    ask,
    /** A webhook is answered, applied and counted. */
    pay: async () => {
      const id = `sink${paid++}`
      const object = {
        id: `pi_${id}`,
        object: 'payment_intent',
        status: 'succeeded',
        amount: 100,
        currency: 'eur',
      }
      const body = JSON.stringify({
        id: `evt_${id}`,
        object: 'event',
        type: 'payment_intent.succeeded',
        created: 1_790_000_000,
        livemode: false,
        data: { object },
      })
      const response = await fetch(`${url}/webhooks/stripe`, {
        method: 'POST',
        body,
        headers: { 'stripe-signature': stripeSignature(body, SECRET) },
      })
      assert.deepEqual([response.status, await response.text()], [200, '{"received":true}'])
      await eventually(
        async () => JSON.parse(await ask('/revenue')).items[0]?.gross_cents,
        (cents) => cents === paid * 100,
        10_000,
      )
    },
    /** Until lines are lost. */
    flood: async () => {
      for (let count = 0; count < LONG_LINE_COUNT_MAX; count += TOGETHER_COUNT) {
        await Promise.all(Array.from({ length: TOGETHER_COUNT }, () => ask(`/${LONG_PATH}`)))
        if ((await dropped()) > 0) return
      }
    },
    dropped,
    stop: () => {
      child.kill('SIGTERM')
      return exited
    },
  }
}

test('a reader that does not read stops no payment; lost lines are counted, and told when it reads again', async () => {
  await withSink('pipe', async (payonce) => {
    payonce.child.stdout?.pause()
    await payonce.pay()
    await payonce.flood()
    await payonce.pay()
    assert.ok((await payonce.dropped()) > 0)
    let output = ''
    payonce.child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8')
    })
    payonce.child.stdout?.resume()
    const read = once(payonce.child.stdout ?? payonce.child, 'end')
    await eventually(
      async () => output.length,
      () => output.includes('"lines_dropped"'),
      15_000,
    )
    await payonce.pay()
    assert.equal(await payonce.stop(), 0)
    // What it wrote last may come after its end.
    await read
    assert.match(output, /^Payonce is ready/m, 'what is told to a person tears no line')
    const told = output
      .split('\n')
      .filter((line) => line.includes('"lines_dropped"'))
      .map((line) => JSON.parse(line))
    assert.equal(told.length, 1)
    assert.ok(told[0].lines_dropped > 0)
    for (const line of output.split('\n').filter((one) => one.startsWith('{'))) JSON.parse(line)
  })
})

test('a reader that never reads keeps the process from nothing, its end included', async () => {
  await withSink('pipe', async (payonce) => {
    payonce.child.stdout?.pause()
    await payonce.flood()
    await payonce.pay()
    assert.equal(await payonce.stop(), 0)
  })
})

test('a reader that has gone away stops no payment', async () => {
  await withSink('pipe', async (payonce) => {
    payonce.child.stdout?.destroy()
    await payonce.pay()
    await payonce.ask('/nowhere')
    await payonce.pay()
    assert.ok((await payonce.dropped()) > 0)
    assert.equal(await payonce.stop(), 0)
  })
})

test('a full disk stops no payment', { skip: process.platform !== 'linux' }, async () => {
  const full = openSync('/dev/full', 'w')
  try {
    await withSink(full, async (payonce) => {
      await payonce.flood()
      await payonce.pay()
      assert.ok((await payonce.dropped()) > 0)
      assert.equal(await payonce.stop(), 0)
    })
  } finally {
    closeSync(full)
  }
})

test('a log that nobody reads from the very start stops no start', async () => {
  await withSink('pipe', async (payonce) => {
    payonce.child.stdout?.destroy()
    assert.equal(await payonce.stop(), 0)
  })
})
