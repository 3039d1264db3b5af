import assert from 'node:assert/strict'
import { execFile, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import { eventBody, sign } from '../flows/intake-fixture.ts'
import { createTestDatabase } from '../support/database.ts'
import { freePort, startPayonce } from '../support/process.ts'
import { runSql } from '../support/test-server.ts'
import type {
  SlowClientEnd,
  SlowClientKind,
  SlowClientOrder,
  SlowClientReport,
} from './slow-clients-process.ts'

const secret = 'whsec_idle_0123456789abcdef'
const IDLE_COUNT = 5_000
const SLOW_COUNT = 100
/** Descriptors a process needs for everything that is not a client's socket. */
const OTHER_DESCRIPTOR_COUNT = 500
/** The server's own limits, from src/http/server.ts: all headers within 10 s, the whole request within 30 s. */
const limitsMs: Record<SlowClientKind, number> = {
  idle: 10_000,
  'slow headers': 10_000,
  'slow body': 30_000,
}
/** It looks once a second; the rest is for a machine that is busy with other things. */
const LATE_MS_MAX = 6_000
const BYTES_PER_CONNECTION_MAX = 32 * 1024
const WARM_UP_COUNT = 200

test('5,000 idle sockets and slow clients are cut in time, and others are served meanwhile', {
  timeout: 180_000,
}, async (t) => {
  await using database = await createTestDatabase()
  const port = await freePort()
  const server = startPayonce({
    environment: {
      DATABASE_URL: database.url,
      PORT: String(port),
      STRIPE_WEBHOOK_SECRET: secret,
      PAYONCE_DATA_DIR: '/nonexistent/never-written',
      APP_ENV: 'production',
      INSTALLATION_ID: 'idle-test',
    },
  })
  const clients = fork(join(import.meta.dirname, 'slow-clients-process.ts'))
  try {
    await server.ready
    const served = serveOthers(port)
    for (let count = 0; count < WARM_UP_COUNT; count++) await served.once()
    const before = await residentBytes(server.pid)

    const counts = { idle: idleCount(t), 'slow headers': SLOW_COUNT, 'slow body': SLOW_COUNT }
    const reports = readReports(clients)
    clients.send({ port, secret, counts } satisfies SlowClientOrder)
    const opened = await reports.opened
    const grown = (await residentBytes(server.pid)) - before
    let slowestMs = 0
    let ended: SlowClientEnd[] | undefined
    void reports.ended.then((all) => {
      ended = all
    })
    while (ended === undefined) slowestMs = Math.max(slowestMs, await served.once())

    t.diagnostic(
      `${opened} sockets, ${(grown / opened / 1024).toFixed(1)} KB each; ${served.count()} others served meanwhile, the slowest in ${slowestMs.toFixed(0)} ms`,
    )
    for (const kind of Object.keys(counts) as SlowClientKind[]) {
      const ends: SlowClientEnd[] = ended.filter((end) => end.kind === kind)
      const longestMs = Math.max(...ends.map(({ openMs }) => openMs))
      const statuses = [...new Set(ends.map(({ status }) => status))]
      t.diagnostic(
        `${kind}: the last cut after ${(longestMs / 1000).toFixed(1)} s, told ${statuses}`,
      )
      assert.equal(ends.length, counts[kind])
      assert.ok(longestMs < limitsMs[kind] + LATE_MS_MAX, `${kind} was open for ${longestMs} ms`)
      assert.ok(
        statuses.every((status) => status === undefined || status === 408),
        `${kind} was told ${statuses}`,
      )
    }
    assert.ok(
      grown < opened * BYTES_PER_CONNECTION_MAX,
      `a waiting socket takes ${grown / opened} bytes`,
    )
    const { rows } = await runSql(
      database.url,
      `select count(*)::int as count, count(*) filter (where event_id like 'evt_slow%')::int as slow from inbox_events`,
    )
    assert.deepEqual(rows, [{ count: served.count(), slow: 0 }])
    // What they held is given back: not a byte of a body is still counted.
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    assert.match(metrics, /^intake_bytes_in_flight 0$/m)
  } finally {
    const gone = once(clients, 'exit')
    clients.disconnect()
    await gone
    server.kill('SIGTERM')
    assert.equal(await server.exited, 0)
  }
})

/** 5,000, or as many as this machine lets a process open. */
function idleCount(t: TestContext): number {
  const report = process.report.getReport() as {
    userLimits?: { open_files?: { hard: number | 'unlimited' } }
  }
  // Node raises its own limit to the hard one at its start.
  const limit = Number(report.userLimits?.open_files?.hard)
  if (!(limit < IDLE_COUNT + OTHER_DESCRIPTOR_COUNT)) return IDLE_COUNT
  const count = Math.max(0, limit - OTHER_DESCRIPTOR_COUNT)
  t.diagnostic(`a process may open ${limit} descriptors here: ${count} idle sockets, not 5,000`)
  return count
}

/** A webhook and a health check, one after the other; both must be answered 200. */
function serveOthers(port: number) {
  let count = 0
  return {
    count: () => count,
    once: async (): Promise<number> => {
      const startedAt = performance.now()
      const body = eventBody(`evt_good_${count++}`)
      const webhook = await fetch(`http://127.0.0.1:${port}/webhooks/stripe`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'stripe-signature': sign(body, secret) },
        body,
      })
      assert.equal(webhook.status, 200, await webhook.text())
      const health = await fetch(`http://127.0.0.1:${port}/health`)
      assert.equal(health.status, 200, await health.text())
      return performance.now() - startedAt
    },
  }
}

function readReports(clients: ReturnType<typeof fork>) {
  const opened = Promise.withResolvers<number>()
  const ended = Promise.withResolvers<SlowClientEnd[]>()
  clients.on('message', (report: SlowClientReport) => {
    if ('opened' in report) opened.resolve(report.opened)
    else ended.resolve(report.ended)
  })
  return { opened: opened.promise, ended: ended.promise }
}

/** `ps` tells it on every system the tests run on, in units of 1,024 bytes. */
async function residentBytes(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout) * 1024
}
