/** A server that takes payments and the provider it asks, each a process of its own. */
import { join } from 'node:path'
import { freePort } from '../../test/support/process.ts'
import type { PaymentForm } from '../bare/store-payments.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'

export const API_KEY = 'payonce-bench-payments-key-000000000'
const WEBHOOK_SECRET = 'whsec_bench0000000000000000000000000000'
const repository = join(import.meta.dirname, '../..')

export type SystemOptions = {
  /** ours as `npm start` makes it, or a bare server of this form */
  server: 'ours' | PaymentForm
  provider: 'sandbox' | 'bare'
  /** whether the sandbox tells of what it did */
  hasWebhooks: boolean
  databaseUrl: string
  folder: string
  /** where our server leaves a CPU profile when it ends */
  profileFolder?: string | undefined
}
export type PaymentSystem = {
  server: ServerProcess
  provider: ServerProcess
  close: () => Promise<void>
}

export async function startPaymentSystem(options: SystemOptions): Promise<PaymentSystem> {
  const port = await freePort()
  const provider = await startProvider(options, port)
  try {
    const server = await startServer(options, port, `http://127.0.0.1:${provider.port}`)
    const close = async () => {
      await server.close()
      await provider.close()
    }
    return { server, provider, close }
  } catch (error) {
    await provider.close()
    throw error
  }
}

/** @param serverPort where webhooks go, if there are any */
export async function startProvider(
  options: Pick<SystemOptions, 'provider' | 'hasWebhooks' | 'folder'>,
  serverPort: number,
): Promise<ServerProcess> {
  const port = await freePort()
  if (options.provider === 'bare') {
    const script = join(repository, 'bench/bare/provider-server.ts')
    return startServerProcess({ script, args: [String(port)], port, readyPath: '/' })
  }
  return startServerProcess({
    script: join(repository, 'sandbox/main.ts'),
    args: [],
    port,
    readyPath: '/_sandbox/clock',
    folder: options.folder,
    environment: {
      SANDBOX_PORT: String(port),
      SANDBOX_DATA_DIR: options.folder,
      SANDBOX_DURABLE: 'off',
      ...(options.hasWebhooks && {
        SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${serverPort}/webhooks/stripe`,
        SANDBOX_WEBHOOK_SECRET: WEBHOOK_SECRET,
      }),
    },
  })
}

async function startServer(
  { server, databaseUrl, folder, profileFolder }: SystemOptions,
  port: number,
  providerUrl: string,
): Promise<ServerProcess> {
  if (server !== 'ours') {
    const script = join(repository, 'bench/bare/payment-server.ts')
    const args = [server, String(port), databaseUrl, providerUrl]
    return startServerProcess({ script, args, port, readyPath: '/' })
  }
  return startServerProcess({
    script: join(repository, 'src/main.ts'),
    args: [],
    ...(profileFolder !== undefined && {
      nodeArgs: ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`],
    }),
    port,
    readyPath: '/health/ready',
    folder,
    environment: {
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      PAYONCE_DATA_DIR: folder,
      BOOTSTRAP_API_KEY: API_KEY,
      INSTALLATION_ID: 'bench',
      STRIPE_API_BASE: providerUrl,
      STRIPE_SECRET_KEY: 'sk_test_bench',
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    },
  })
}
