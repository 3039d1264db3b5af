/**
 * P7, revenue over a history: `GET /revenue` of a server of our own over HTTP, read from folded totals, against a scan
 * of all postings. Every answer must be equal to the scan's, or the bench fails.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import pg from 'pg'
import { checkLedger } from '../../src/ledger/check.ts'
import { migrateUp } from '../../src/store/migrate.ts'
import { freePort } from '../../test/support/process.ts'
import { openOurDatabase } from '../apply/apply-ours.ts'
import { seedOwner } from '../apply/seed-owner.ts'
import { measureRounds, type Variant } from '../measure/rounds.ts'
import { type Figure, latencyFiguresOf } from '../report/figures.ts'
import { openPrivatePostgres } from '../support/private-postgres.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { requireFreeDisk } from './free-disk.ts'
import { type RevenueQuestion, scanRevenue } from './full-scan.ts'
import { seedHistory } from './seed-history.ts'
import { printTableSizes } from './table-sizes.ts'

const API_KEY = 'payonce-bench-growth-key-0000000000'
const BYTES_PER_PAYMENT = 2_900
const ROUND_COUNT = 3
/** Up to here the whole ledger is checked in seconds. */
const CHECKED_PAYMENTS_MAX = 200_000
const DAY_MS = 24 * 60 * 60 * 1000

type Size = { paymentCount: number; unmergedCount: number; requestCount: number }
const full: Size = { paymentCount: 10_000_000, unmergedCount: 2_000, requestCount: 100 }
const quick: Size = { paymentCount: 100_000, unmergedCount: 500, requestCount: 20 }

export async function measureP7(options: {
  isQuick: boolean
  paymentCount?: number
}): Promise<Figure[]> {
  const size = options.isQuick ? quick : full
  const paymentCount = options.paymentCount ?? size.paymentCount
  requireFreeDisk(paymentCount * BYTES_PER_PAYMENT)
  await using postgres = await openPrivatePostgres()
  const url = await postgres.createDatabase('revenue')
  await migrateUp(url, { info: () => undefined })
  await seedOwner(url)
  console.error(`P7: seeding ${paymentCount} payments`)
  const unmergedCount = Math.min(size.unmergedCount, paymentCount)
  await seedHistory(url, { paymentCount, unmergedCount, isWhole: false })
  if (paymentCount <= CHECKED_PAYMENTS_MAX) await checkSeeded(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const folder = createTemporaryFolder('p7')
  let server: ServerProcess | undefined
  try {
    await client.query(`set work_mem = '256MB'`)
    await printTableSizes(client)
    server = await startApi(url, folder.path)
    const bench = { client, server, postgresPid: postgres.pid, requestCount: size.requestCount }
    const figures: Figure[] = []
    for (const [name, question] of questions(new Date())) {
      figures.push(...(await measureQuestion(bench, name, question)))
    }
    return figures
  } finally {
    await server?.close()
    await client.end()
    await folder.remove()
  }
}

/** What was seeded has to be what the product would have written. */
async function checkSeeded(url: string): Promise<void> {
  await using database = openOurDatabase(url)
  assert.deepEqual(await checkLedger(database), [])
}

/** Edges lie within a bucket, but for the first question's. All but the second reach the newest payments. */
function questions(now: Date): [string, RevenueQuestion][] {
  const to = now.toISOString()
  const daysAgo = (days: number) => new Date(now.getTime() - days * DAY_MS - 433_000).toISOString()
  return [
    ['total of all', { to, interval: 'total', timezone: 'UTC' }],
    [
      'total of 500 days',
      { from: daysAgo(600), to: daysAgo(100), interval: 'total', timezone: 'UTC' },
    ],
    ['2 years by month, Berlin', { to, interval: 'month', timezone: 'Europe/Berlin' }],
    [
      '90 days by day, New York',
      { from: daysAgo(90), to, interval: 'day', timezone: 'America/New_York' },
    ],
    [
      '1 year by day, Kathmandu',
      { from: daysAgo(365), to, interval: 'day', timezone: 'Asia/Kathmandu' },
    ],
    ['2 years by day, Berlin', { to, interval: 'day', timezone: 'Europe/Berlin' }],
  ]
}

type Bench = {
  client: pg.Client
  server: ServerProcess
  postgresPid: number
  requestCount: number
}

async function measureQuestion(
  bench: Bench,
  name: string,
  question: RevenueQuestion,
): Promise<Figure[]> {
  const { client, server } = bench
  const answers: { items?: object[]; scanned?: object[] } = {}
  const folded = variantOf('folded totals', bench.requestCount, [server.pid], async () => {
    answers.items = await askRevenue(server.port, question)
  })
  const scanned = variantOf('full scan', 1, [], async () => {
    answers.scanned = await scanRevenue(client, question)
  })
  // The peer takes seconds: once is enough to know it by.
  const rounds = { postgresPid: bench.postgresPid }
  const ours = await measureRounds([folded], { ...rounds, roundCount: ROUND_COUNT })
  const peer = await measureRounds([scanned], { ...rounds, roundCount: 1 })
  assert.deepEqual(answers.items, answers.scanned, `${name}: folded totals and full scan differ`)
  assert.ok(answers.items !== undefined && answers.items.length > 0, `${name}: no items`)
  console.error(`  ${name}: ${answers.items.length} items, equal to the full scan`)
  return latencyFiguresOf(`P7 ${name}`, new Map([...ours, ...peer]), 'full scan')
}

function variantOf(
  name: string,
  count: number,
  nodePids: number[],
  ask: () => Promise<void>,
): Variant {
  const run = async () => {
    const startedAt = performance.now()
    const latenciesMs: number[] = []
    for (let request = 0; request < count; request++) {
      const askedAt = performance.now()
      await ask()
      latenciesMs.push(performance.now() - askedAt)
    }
    return { operations: count, seconds: (performance.now() - startedAt) / 1000, latenciesMs }
  }
  return { name, prepare: async () => ({ nodePids, run, close: async () => undefined }) }
}

async function askRevenue(port: number, question: RevenueQuestion): Promise<object[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/revenue?${new URLSearchParams(question)}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  })
  const body = await answer.text()
  if (answer.status !== 200) throw new Error(`GET /revenue answered ${answer.status}: ${body}`)
  return JSON.parse(body).items
}

async function startApi(databaseUrl: string, folder: string): Promise<ServerProcess> {
  const port = await freePort()
  return startServerProcess({
    script: join(import.meta.dirname, '../../src/main.ts'),
    args: ['--role', 'api'],
    port,
    readyPath: '/health/ready',
    folder,
    environment: {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      PAYONCE_DATA_DIR: folder,
      BOOTSTRAP_API_KEY: API_KEY,
    },
  })
}
