import { join } from 'node:path'
import { freePort } from '../../test/support/process.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'

const script = join(import.meta.dirname, '../../src/main.ts')

export type Servers = { api: ServerProcess; worker: ServerProcess; close: () => Promise<void> }

/** The intake and the workers, each in a process of its own, as a larger installation runs them. */
export async function startServers(options: {
  databaseUrl: string
  secret: string
  folder: string
}): Promise<Servers> {
  const { databaseUrl, secret, folder } = options
  const start = async (role: 'api' | 'worker', portSetting: string) => {
    const port = await freePort()
    return startServerProcess({
      script,
      args: ['--role', role],
      port,
      readyPath: '/health/ready',
      folder,
      environment: {
        [portSetting]: String(port),
        DATABASE_URL: databaseUrl,
        PAYONCE_DATA_DIR: folder,
        STRIPE_WEBHOOK_SECRET: secret,
      },
    })
  }
  const api = await start('api', 'PORT')
  const worker = await start('worker', 'HEALTH_PORT')
  return { api, worker, close: async () => void (await Promise.all([api.close(), worker.close()])) }
}
