/**
 * P4, what we add to a payment in an idle system: one payment at a time over one connection, its time less that of the
 * same call straight to the sandbox, against the two commits of the bare payment on a connection that rests.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { migrateUp } from '../../src/store/migrate.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { type ChargeWish, openBareProvider } from '../bare/bare-provider.ts'
import { barePaymentSchema } from '../bare/payment-schema.ts'
import { type PaymentStore, storePayments } from '../bare/store-payments.ts'
import { openRawConnection } from '../load/raw-connection.ts'
import { median, quantile } from '../measure/statistics.ts'
import type { Figure } from '../report/figures.ts'
import { openPrivatePostgres, runSql } from '../support/private-postgres.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { checkPayments } from './check-payments.ts'
import { CURRENCY, makePaymentRequest } from './payment-requests.ts'
import { API_KEY, startPaymentSystem, startProvider } from './payment-system.ts'

const WARM_UP_COUNT = 100
const CREATED = 201
/** Between two payments, so that each one meets a system that rests. */
const REST_MS = 10
const bench = 'P4 one payment, idle system'
const goals = { p50: 2, p99: 4 }

type Moment = { oursMs: number; providerMs: number; bareMs: number }

export async function measureP4(isQuick: boolean): Promise<Figure[]> {
  const count = isQuick ? 100 : 600
  console.error(`P4: ${count} payments, one after another`)
  await using postgres = await openPrivatePostgres()
  const folder = createTemporaryFolder('p4')
  const databaseUrl = await postgres.createDatabase('ours')
  await migrateUp(databaseUrl, { info: () => undefined })
  const bareUrl = await postgres.createDatabase('bare')
  await runSql(bareUrl, barePaymentSchema)
  const pool = new pg.Pool({
    connectionString: bareUrl,
    ...{ max: 1, options: '-c jit=off -c enable_seqscan=off' },
  })
  const options = { server: 'ours', provider: 'sandbox', hasWebhooks: false } as const
  const system = await startPaymentSystem({ ...options, databaseUrl, folder: folder.path })
  // The calls past us go to a sandbox of their own, so that ours has the effects of ours alone.
  const ownFolder = createTemporaryFolder('p4-sandbox')
  const sandbox = await startProvider(
    { provider: 'sandbox', hasWebhooks: false, folder: ownFolder.path },
    system.server.port,
  )
  const connection = await openRawConnection(system.server.port)
  try {
    const charge = openBareProvider(`http://127.0.0.1:${sandbox.port}`)
    const commit = commitTwice(storePayments(pool, 'phase'))
    const moments: Moment[] = []
    for (let number = 0; number < WARM_UP_COUNT + count; number++) {
      const request = makePaymentRequest(number, API_KEY)
      const oursMs = await timed(async () => {
        const { status, text } = await connection.send(request)
        if (status !== CREATED) throw new Error(text)
      })
      await setTimeout(REST_MS)
      const providerMs = await timed(() => charge(wishOf(number)))
      await setTimeout(REST_MS)
      const bareMs = await timed(() => commit(number))
      await setTimeout(REST_MS)
      moments.push({ oursMs, providerMs, bareMs })
    }
    await checkPayments(system, databaseUrl, moments.length)
    return figuresOfMoments(moments.slice(WARM_UP_COUNT))
  } finally {
    connection.close()
    await system.close()
    await sandbox.close()
    await pool.end()
    await folder.remove()
    await ownFolder.remove()
  }
}

function figuresOfMoments(moments: Moment[]): Figure[] {
  const bare = moments.map(({ bareMs }) => bareMs)
  const added = moments.map(({ oursMs, providerMs }) => oursMs - providerMs)
  const p50 = median(added) / median(bare)
  const p99 = quantile(added, 0.99) / quantile(bare, 0.99)
  return [
    figureOf(
      'through us',
      moments.map(({ oursMs }) => oursMs),
    ),
    figureOf(
      'straight to the sandbox',
      moments.map(({ providerMs }) => providerMs),
    ),
    figureOf('bare, its two commits', bare),
    {
      ...figureOf('added by us', added),
      ratio: p50,
      goal: { text: `p50 <= ${goals.p50 * 100} %`, isReached: p50 <= goals.p50 },
    },
    {
      ...{ bench, variant: 'added by us, p99', unit: 'ms', value: quantile(added, 0.99) },
      ratio: p99,
      goal: { text: `p99 <= ${goals.p99 * 100} %`, isReached: p99 <= goals.p99 },
      rounds: [quantile(added, 0.99)],
    },
  ]
}

function figureOf(variant: string, timesMs: number[]): Figure {
  const p50Ms = median(timesMs)
  return {
    ...{ bench, variant, unit: 'ms', value: p50Ms, p50Ms },
    ...{ p95Ms: quantile(timesMs, 0.95), p99Ms: quantile(timesMs, 0.99), rounds: [p50Ms] },
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

function wishOf(number: number): ChargeWish {
  const amount = 1000 + number
  const paymentId = randomUUID()
  return { amount, currency: CURRENCY, method: 'pm_card_visa', paymentId, providerKey: paymentId }
}

/** Both phases of a bare payment whose provider takes no time. */
function commitTwice(store: PaymentStore): (number: number) => Promise<void> {
  const newId = openIdSource()
  return async (number) => {
    const id = newId('payment')
    const attempt = newId('paymentAttempt')
    const payload = { id, status: 'succeeded', amount_cents: 1000 + number, currency: CURRENCY }
    const both = { id, attempt, key: `key-${number}`, amount: 1000 + number, currency: CURRENCY }
    const fingerprint = '00'.repeat(32)
    const request = JSON.stringify(payload)
    await store.begin({ ...both, fingerprint, user: 'user_1', request, payload })
    const told = { reference: `pi_${number}`, charge: `ch_${number}`, answer: request }
    await store.settle({ ...both, ...told, entry: newId('journalEntry'), payload })
  }
}
