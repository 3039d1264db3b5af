/** The commands and health checks of compose.yaml, run as they stand there on the files of the image, without Docker. */
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'
import pg from 'pg'
import { type CutOff, openCutOff } from '../../support/cut-off.ts'
import { createTestDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/process.ts'
import { createTemporaryFolder } from '../../support/test-server.ts'
import { ownServices, readServices, type Service } from './compose-file.ts'
import { makeImageFolder } from './image-folder.ts'

const given = {
  POSTGRES_PASSWORD: 'superuser',
  PAYONCE_DATABASE_PASSWORD: 'payonce',
  INSTALLATION_ID: 'compose-test',
  BOOTSTRAP_API_KEY: 'payonce_test_compose0123456789abcdef',
  STRIPE_WEBHOOK_SECRET: 'whsec_compose_0123456789abcdef',
  LOG_LEVEL: 'warn',
}
const CHANGE_MS_MAX = 30_000
/** A duty counts as stalled after 30 s. */
const STALL_MS_MAX = 60_000

type Health = { code: number; told: string }
type Container = {
  name: string
  health: () => Promise<Health>
  signal: (signal: NodeJS.Signals) => void
  stop: () => Promise<number | null>
}

const isHealthy = ({ code }: Health) => code === 0
const isUnhealthy = ({ code }: Health) => code === 1

/** Starts a service's command and knows its health check, in the environment of the file but for address and ports. */
async function startService(
  [name, service]: [string, Service],
  folder: string,
  databaseUrl: string,
): Promise<Container> {
  const environment: Record<string, string> = { PATH: process.env.PATH ?? '' }
  for (const [setting, value] of Object.entries(service.environment ?? {})) {
    environment[setting] = String(value)
  }
  environment.DATABASE_URL = databaseUrl
  for (const setting of ['PORT', 'HEALTH_PORT']) {
    if (setting in environment) environment[setting] = String(await freePort())
  }
  const [, ...args] = service.command ?? []
  const child = spawn(process.execPath, args, { cwd: folder, env: environment, stdio: 'ignore' })
  const exited = once(child, 'exit')
  const [kind, , ...check] = service.healthcheck?.test ?? []
  assert.equal(kind, 'CMD', name)
  return {
    name,
    health: () =>
      new Promise((resolve) => {
        const options = { cwd: folder, env: environment }
        const asked = execFile(process.execPath, check, options, (_error, stdout, stderr) =>
          resolve({ code: asked.exitCode ?? -1, told: stdout + stderr }),
        )
      }),
    signal: (signal) => child.kill(signal),
    stop: async () => {
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      return (await exited)[0]
    },
  }
}

async function openWay(databaseUrl: string): Promise<CutOff & { url: string }> {
  const url = new URL(databaseUrl)
  const way = await openCutOff({ host: url.hostname, port: Number(url.port) })
  url.hostname = '127.0.0.1'
  url.port = String(way.port)
  return { ...way, url: url.href }
}

test('each service of ours becomes healthy, is unhealthy while the database is away, and recovers', {
  timeout: 180_000,
}, async () => {
  await using database = await createTestDatabase()
  await using way = await openWay(database.url)
  const folder = await createTemporaryFolder()
  const containers: Container[] = []
  try {
    await makeImageFolder(folder)
    const services = ownServices(readServices(given))
    assert.deepEqual(services.map(([name]) => name).toSorted(), ['api', 'worker'])
    for (const service of services) containers.push(await startService(service, folder, way.url))
    for (const { health } of containers) await eventually(health, isHealthy, CHANGE_MS_MAX)

    await way.cut()
    for (const { name, health } of containers) {
      const { told } = await eventually(health, isUnhealthy, CHANGE_MS_MAX)
      assert.match(told, /"down":\["database"/, name)
    }
    await way.mend()
    for (const { health } of containers) await eventually(health, isHealthy, CHANGE_MS_MAX)

    // A process that stands still does not answer, however well its database is.
    for (const { name, health, signal } of containers) {
      signal('SIGSTOP')
      const { told } = await eventually(health, isUnhealthy, CHANGE_MS_MAX)
      assert.match(told, /does not answer/, name)
      signal('SIGCONT')
      await eventually(health, isHealthy, CHANGE_MS_MAX)
    }
  } finally {
    for (const { name, stop } of containers) assert.equal(await stop(), 0, name)
    await rm(folder, { recursive: true })
  }
})

test('a worker whose duties stand still is unhealthy although its database answers', {
  timeout: 180_000,
}, async () => {
  await using database = await createTestDatabase()
  const folder = await createTemporaryFolder()
  const holder = new pg.Client({ connectionString: database.url })
  await holder.connect()
  let worker: Container | undefined
  try {
    await makeImageFolder(folder)
    const service = ownServices(readServices(given)).find(([name]) => name === 'worker')
    assert.ok(service !== undefined)
    worker = await startService(service, folder, database.url)
    await eventually(worker.health, isHealthy, CHANGE_MS_MAX)
    // Whoever asks for a lane waits; nobody fails.
    await holder.query('begin')
    await holder.query('lock table inbox_lanes in access exclusive mode')
    const { told } = await eventually(worker.health, isUnhealthy, STALL_MS_MAX)
    assert.match(told, /"database":\{"ok":true/)
    assert.match(told, /stalled: inbox-applier/)
    await holder.query('rollback')
    await eventually(worker.health, isHealthy, CHANGE_MS_MAX)
  } finally {
    await holder.end()
    assert.equal(await worker?.stop(), 0)
    await rm(folder, { recursive: true })
  }
})
