import { createHmac } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { providerWebhooks } from '../../src/http/routes/provider-webhooks.ts'
import { createServer, type ServerTimeouts } from '../../src/http/server.ts'
import { openAccountDirectory } from '../../src/inbox/account-directory.ts'
import type { DedupeDigest } from '../../src/inbox/build-intake-row.ts'
import { openByteBudget } from '../../src/inbox/byte-budget.ts'
import { openIntakeBatches } from '../../src/inbox/intake-batches.ts'
import { createOriginAllowList } from '../../src/inbox/origin-allow-list.ts'
import { createBodyParser } from '../../src/inbox/parse-body.ts'
import { openParseThread } from '../../src/inbox/parse-thread.ts'
import { storeDeliveries } from '../../src/inbox/store-deliveries.ts'
import { openDatabase } from '../../src/store/db.ts'
import { openIdSource } from '../../src/store/new-id.ts'
import { ensureEnvironmentAccount } from '../../src/store/provider-accounts.ts'

export const SECRET = 'whsec_intake_test'

export type IntakeOptions = {
  secrets?: string[]
  livemode?: boolean
  bytesMax?: number
  allowCidrs?: string[]
  digest?: DedupeDigest
  timeouts?: Partial<ServerTimeouts>
}

/** The intake as the app builds it, on a database of its own, listening on a free port. */
export async function openIntake(databaseUrl: string, options: IntakeOptions = {}) {
  const db = openDatabase({
    url: databaseUrl,
    poolSize: 4,
    applicationName: 'intake-test',
    indexOnly: true,
  })
  const newId = openIdSource()
  const { account } = await db.transaction((tx) =>
    ensureEnvironmentAccount(tx, {
      provider: 'stripe',
      merchantName: 'Test',
      livemode: options.livemode,
      configuredSecretsPresent: true,
      newSecret: () => 'whsec_generated',
      newId,
    }),
  )
  const directory = openAccountDirectory({
    db,
    configuredSecrets: { stripe: options.secrets ?? [SECRET] },
    nowMs: Date.now,
  })
  const stored: number[] = []
  const batches = openIntakeBatches((rows) =>
    storeDeliveries({ db, newId, onStored: (count) => stored.push(count) }, rows),
  )
  const thread = openParseThread()
  const budget = openByteBudget(options.bytesMax ?? 64 * 1024 * 1024)
  const lines: { message: string; fields: Record<string, unknown> }[] = []
  const write = (fields: object, message: string) => lines.push({ message, fields: { ...fields } })
  const log = { debug: write, info: write, warn: write, error: write }
  const counted: string[] = []
  const server = createServer({
    log,
    authenticate: async () => undefined,
    newRequestId: () => newId('event'),
    recordRequest: () => undefined,
    ...(options.timeouts && { timeouts: options.timeouts }),
    routes: [
      providerWebhooks({
        receive: {
          directory,
          isOriginAllowed: createOriginAllowList(options.allowCidrs ?? []),
          budget,
          parseBody: createBodyParser(thread),
          store: batches.store,
          newId,
          nowSeconds: () => Date.now() / 1000,
          ...(options.digest && { digest: options.digest }),
        },
        log,
        telemetry: {
          webhookEvent: ({ type, status }) => counted.push(`${type} ${status}`),
          refused: () => {},
          signatureFailure: ({ code }) => counted.push(code),
        },
      }),
    ],
  })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  return {
    ...{ db, account, directory, batches, budget, lines, counted, stored, newId, port, server },
    url: `http://127.0.0.1:${port}/webhooks/stripe`,
    [Symbol.asyncDispose]: async () => {
      await server.close()
      await batches.drain()
      await thread.close()
      await db.close()
    },
  }
}

export function sign(
  body: string | Buffer,
  secret = SECRET,
  atSeconds = Math.floor(Date.now() / 1000),
) {
  const digest = createHmac('sha256', secret).update(`${atSeconds}.`).update(body).digest('hex')
  return `t=${atSeconds},v1=${digest}`
}

export function eventBody(id: string, more: object = {}): string {
  const object = { id: `pi_${id}`, object: 'payment_intent', amount: 1000 }
  const event = { id, object: 'event', type: 'payment_intent.succeeded', created: 1_700_000_000 }
  return JSON.stringify({ ...event, livemode: false, data: { object }, ...more })
}

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers }

export async function deliver(
  url: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { 'content-type': 'application/json', 'stripe-signature': sign(body), ...headers },
  })
  const text = await response.text()
  return { status: response.status, body: JSON.parse(text), headers: response.headers }
}
