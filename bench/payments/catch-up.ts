import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { drainBacklog } from '../lag/backlog-watch.ts'
import { read } from './check-payments.ts'
import type { PaymentSystem } from './payment-system.ts'

/** The sandbox tells the fee of a charge so much later at most. */
const FEE_SECONDS_MAX = 31
const DELIVER_MS_MAX = 120_000

/** Waits until the sandbox has nothing to deliver and the worker nothing to apply. @returns how long that took */
export async function catchUp({ provider }: PaymentSystem, databaseUrl: string): Promise<number> {
  const startedAt = performance.now()
  await delivered(provider.port, startedAt + DELIVER_MS_MAX)
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await drainBacklog(client)
  } finally {
    await client.end()
  }
  return performance.now() - startedAt
}

/** What the sandbox has still to tell of what it did: fees. */
export async function tellFees({ provider }: PaymentSystem): Promise<void> {
  await read(provider.port, '/_sandbox/clock', { advance_seconds: FEE_SECONDS_MAX })
}

async function delivered(port: number, until: number): Promise<void> {
  for (;;) {
    const { counts } = await read<{ counts: { waiting: number } }>(port, '/_sandbox/webhooks')
    if (counts.waiting === 0) return
    if (performance.now() > until) throw new Error(`${counts.waiting} webhooks still wait`)
    await setTimeout(5)
  }
}
