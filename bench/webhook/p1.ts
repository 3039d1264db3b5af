/**
 * P1, webhook accepted: our server process against three bare ones, under the same load from a third process. Then
 * half of our own rate is offered, evenly, and the latency of each answer is taken.
 */
import { join } from 'node:path'
import { migrateUp } from '../../src/store/migrate.ts'
import { freePort } from '../../test/support/process.ts'
import { bareIntakeSchema } from '../bare/intake-schema.ts'
import { type Load, startLoad } from '../load/load.ts'
import { measureRounds, type Prepared, type Variant } from '../measure/rounds.ts'
import { type Figure, figuresOf } from '../report/figures.ts'
import { openPrivatePostgres, type PrivatePostgres, runSql } from '../support/private-postgres.ts'
import { type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

/** What the load signs with, and where to it is sent. */
export const signing = {
  secret: 'whsec_bench0000000000000000000000000000',
  path: '/webhooks/stripe',
}
/** What the machine compiles at first is not what a server costs that runs for weeks. */
export const WARM_UP_COUNT = 1_000
const repository = join(import.meta.dirname, '../..')

type Size = { requestCount: number; roundCount: number; halfSeconds: number }
const full: Size = { requestCount: 20_000, roundCount: 3, halfSeconds: 8 }
const quick: Size = { requestCount: 3_000, roundCount: 3, halfSeconds: 1 }

/** A server to be measured and the database it starts from. */
type Contender = {
  name: string
  template: string
  start: (databaseUrl: string, folder: string) => Promise<ServerProcess>
}

const contenders: readonly Contender[] = [
  { name: 'bare, batched', template: 'intake_bare', start: (url) => startBare('batched', url) },
  { name: 'ours', template: 'intake_ours', start: startOurs },
  { name: 'bare, one by one', template: 'intake_bare', start: (url) => startBare('one', url) },
  {
    name: 'bare, only verifying',
    template: 'intake_bare',
    start: (url) => startBare('verify', url),
  },
]

export async function measureP1(isQuick: boolean): Promise<Figure[]> {
  const size = isQuick ? quick : full
  await using postgres = await openPrivatePostgres()
  await using load = startLoad()
  await runSql(await postgres.createDatabase('intake_bare'), bareIntakeSchema)
  await migrateUp(await postgres.createDatabase('intake_ours'), { info: () => undefined })

  console.error(`P1: ${size.requestCount} webhooks a run`)
  const flatOut = contenders.map((contender) =>
    variantOf({ postgres, load, contender, count: size.requestCount }),
  )
  const rounds = { roundCount: size.roundCount, postgresPid: postgres.pid }
  const peer = 'bare, batched'
  const figures = figuresOf('P1 intake, 64 at a time', await measureRounds(flatOut, rounds), peer)

  const ourRate = figures.find(({ variant }) => variant === 'ours')?.value ?? 0
  const perSecond = Math.round(ourRate / 2)
  console.error(`P1: half of our rate, ${perSecond}/s`)
  const half = contenders
    .filter(({ name }) => name === 'ours' || name === peer)
    .map((contender) => {
      const count = Math.max(1, perSecond * size.halfSeconds)
      return variantOf({ postgres, load, contender, count, perSecond })
    })
  const halfFigures = figuresOf('P1 intake, half our rate', await measureRounds(half, rounds), peer)
  return [...figures, ...halfFigures]
}

function variantOf(deps: {
  postgres: PrivatePostgres
  load: Load
  contender: Contender
  count: number
  perSecond?: number
}): Variant {
  const { postgres, load, contender, count, perSecond } = deps
  const prepare = async (): Promise<Prepared> => {
    const folder = createTemporaryFolder('p1')
    const url = await postgres.createDatabase('run', contender.template)
    const server = await contender.start(url, folder.path)
    await load.prepare({ ...signing, firstNumber: 0, count: WARM_UP_COUNT })
    await load.send(server.port)
    await load.prepare({ ...signing, firstNumber: WARM_UP_COUNT, count })
    return {
      nodePids: [server.pid],
      loadPid: load.pid,
      run: () => load.send(server.port, perSecond),
      close: async () => {
        await server.close()
        await postgres.dropDatabase('run')
        await folder.remove()
      },
    }
  }
  return { name: contender.name, prepare }
}

async function startBare(mode: string, url: string): Promise<ServerProcess> {
  const port = await freePort()
  const script = join(repository, 'bench/bare/intake-server.ts')
  return startServerProcess({
    script,
    args: [mode, String(port), url, signing.secret],
    port,
    readyPath: '/',
  })
}

/** Our intake as a process of its own. */
export async function startOurs(url: string, folder: string): Promise<ServerProcess> {
  const port = await freePort()
  return startServerProcess({
    script: join(repository, 'src/main.ts'),
    args: ['--role', 'api'],
    port,
    readyPath: '/health/ready',
    folder,
    environment: {
      PORT: String(port),
      DATABASE_URL: url,
      PAYONCE_DATA_DIR: folder,
      STRIPE_WEBHOOK_SECRET: signing.secret,
    },
  })
}
