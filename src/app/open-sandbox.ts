import { randomBytes } from 'node:crypto'
import type { Config } from '../config/config.ts'
import type { MerchantId, NewId, ProviderAccountId } from '../domain/ids.ts'
import { reservePort } from '../embedded/port.ts'
import { type SandboxProcess, startSandbox } from '../embedded/sandbox-process.ts'
import type { Database } from '../store/db.ts'
import { ensureSandboxAccount } from '../store/provider-accounts.ts'
import type { Logger } from '../telemetry/logger.ts'

/** The sandbox as the rest of the process knows it, before it runs. */
export type Sandbox = {
  /** where its API answers */
  address: string
  /** an account of its own, so that no object of a real Stripe is ever looked for there, nor the other way round */
  accountId: ProviderAccountId
  /** @param url where our webhooks are received */
  start(url: string): Promise<SandboxProcess>
  /** gives its port back, when it is not started after all */
  release(): Promise<void>
}

/** Undefined where a key or an address says which Stripe is meant. */
export async function openSandbox(deps: {
  config: Config
  database: Database
  merchantId: MerchantId
  newId: NewId
  logger: Logger
}): Promise<Sandbox | undefined> {
  const { config, database, newId, logger } = deps
  if (config.sandbox === undefined) return undefined
  const { isPortGiven, seed, durable } = config.sandbox
  const { port, release } = await reservePort(config.sandbox.port)
  if (port !== config.sandbox.port && isPortGiven && config.sandbox.port !== 0) {
    await release()
    throw new Error(`SANDBOX_PORT: port ${config.sandbox.port} is in use; choose another, or 0.`)
  }
  const account = await ensureSandboxAccount(database, {
    merchantId: deps.merchantId,
    newSecret: () => `whsec_${randomBytes(24).toString('base64url')}`,
    newId,
  })
  return {
    address: `http://127.0.0.1:${port}`,
    accountId: account.id,
    start: async (url) => {
      await release()
      return startSandbox({
        dataDir: config.dataDir,
        port,
        seed,
        durable,
        webhookUrl: `${reachable(url)}/webhooks/stripe/${account.id}`,
        webhookSecret: account.webhookSecrets[0] ?? '',
        onEnded: (how) => logger.warn({ how }, 'the sandbox ended; it is started again'),
      })
    },
    release,
  }
}

/** Every address is listened on; one of them is called. */
function reachable(url: string): string {
  return url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')
}
