/**
 * The sandbox: a Stripe that lies, drops and delays. Build it once with `openSandbox`, close it once.
 *
 * In: Stripe's API, as the unmodified official SDK speaks it, and a control API. Out: answers, signed webhooks.
 * Promise: an effect it acknowledged is in its journal and survives a kill; its choices depend on the seed alone.
 * Imports nothing of Payonce but the currencies.
 */
import { join } from 'node:path'
import { createArmedFaults } from './faults/armed-faults.ts'
import { listen, originOf, type Serving } from './http/server.ts'
import { Books } from './store/books.ts'
import type { Timing } from './store/transaction.ts'
import { duties } from './stripe/duties.ts'
import { registerEndpoint } from './stripe/webhook-endpoints/register.ts'
import { createWebhookSender } from './webhooks/sender.ts'

export type SandboxOptions = {
  /** 0 takes a free one */
  readonly port?: number
  /** its journal is in `<dataDir>/sandbox`; without one, nothing outlives the process */
  readonly dataDir?: string
  readonly seed?: number
  /** false answers without waiting for the disk */
  readonly durable?: boolean
  /** an endpoint for all events, registered when it opens */
  readonly webhookUrl?: string
  readonly webhookSecret?: string
  readonly timing?: Partial<Timing>
  /** is told of failures that nobody can be answered with */
  readonly report?: (error: unknown) => void
}

export type Sandbox = {
  /** `http://127.0.0.1:<port>` */
  readonly address: string
  readonly port: number
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const defaultTiming: Timing = {
  feeDelaySeconds: [1, 30],
  feeMissingRate: 0,
  refundDelaySeconds: 10,
  disputeDelaySeconds: 5,
  payoutDelaySeconds: 60,
}

export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const opened = Promise.withResolvers<Serving>()
  const server = await listen(opened.promise, options.port ?? 0)
  const address = originOf(server)
  const open = await openBooks(options, address).catch(async (error: unknown) => {
    server.close()
    throw error
  })
  opened.resolve(open)
  open.sender.owe(open.books.unsentEvents())
  const close = async () => {
    open.abort()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    open.sender.close()
    await open.books.close()
  }
  return { address, port: Number(new URL(address).port), close, [Symbol.asyncDispose]: close }
}

async function openBooks(options: SandboxOptions, origin: string) {
  const { dataDir, webhookUrl, webhookSecret, report = writeError } = options
  const books = new Books({
    seed: options.seed ?? 1,
    journalPath: dataDir === undefined ? undefined : join(dataDir, 'sandbox', 'journal.ndjson'),
    durable: options.durable ?? true,
    timing: { ...defaultTiming, ...options.timing },
    duties,
    onFailed: report,
  })
  const presenting = () => ({
    state: books.state,
    chance: books.chance,
    nowSeconds: books.clock.nowSeconds(),
    origin,
  })
  const sender = createWebhookSender(books, presenting)
  books.onEvents = sender.owe
  const register = () => registerEndpoint(books, webhookUrl, webhookSecret)
  await register()
  const faults = createArmedFaults()
  let lateEffects = new AbortController()
  const abort = () => lateEffects.abort()
  const reset = async (seed: number) => {
    abort()
    lateEffects = new AbortController()
    faults.disarm()
    sender.clear()
    await books.reset(seed)
    await register()
  }
  return {
    books,
    faults,
    sender,
    reset,
    presenting,
    inUse: new Set<string>(),
    report,
    address: origin,
    abort,
    get closing() {
      return lateEffects.signal
    },
  }
}

function writeError(error: unknown): void {
  const text = error instanceof Error ? error.stack : String(error)
  process.stderr.write(`${text}\n`)
}
