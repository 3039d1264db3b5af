/**
 * P3, a payment charged over HTTP: 64 at a time, every commit durable. (a) Our server with a sandbox that tells nothing,
 * against bare servers whose provider answers at once; (b) ours with the sandbox's webhooks coming in meanwhile.
 */
import { migrateUp } from '../../src/store/migrate.ts'
import { barePaymentSchema } from '../bare/payment-schema.ts'
import { type Load, startLoad } from '../load/load.ts'
import { measureRounds, type Prepared, type Variant } from '../measure/rounds.ts'
import { median } from '../measure/statistics.ts'
import { type Figure, figuresOf } from '../report/figures.ts'
import { describeProfile } from '../report/profile-table.ts'
import { openPrivatePostgres, type PrivatePostgres, runSql } from '../support/private-postgres.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'
import { catchUp, tellFees } from './catch-up.ts'
import { checkPayments } from './check-payments.ts'
import { API_KEY, type SystemOptions, startPaymentSystem } from './payment-system.ts'
import { perOperation, readStatementCounts } from './statement-counts.ts'

const WARM_UP_COUNT = 1_000
const goals = { share: 0.4, p95Ms: 100, cpuUs: 550, toldPerSecond: 250, toldP95Ms: 250 }

type Contender = Pick<SystemOptions, 'server' | 'provider'> & {
  name: string
  /** how many times as many payments as ours, to be measured as long */
  times?: number
}

const peer = 'bare, shared statements'
const contenders: readonly Contender[] = [
  { name: peer, server: 'shared', provider: 'bare', times: 3 },
  { name: 'ours', server: 'ours', provider: 'sandbox' },
]
/** The other ways to write a bare payment, and who of the two slows the other down. */
const moreContenders: readonly Contender[] = [
  { name: 'bare, one statement a phase', server: 'phase', provider: 'bare' },
  { name: 'bare, one statement after another', server: 'statements', provider: 'bare' },
  { name: 'bare, shared statements, sandbox', server: 'shared', provider: 'sandbox' },
  { name: 'ours, bare provider', server: 'ours', provider: 'bare' },
]

export type P3Options = { isQuick: boolean; hasAllForms: boolean; profileFolder?: string }

type Bench = {
  postgres: PrivatePostgres
  load: Load
  requestCount: number
  profileFolder: string | undefined
}
/** What the runs of ours tell beside their figures. */
type Notes = { otherCount: number; catchUpMs: number[]; statements: [string, number][] }

export async function measureP3(options: P3Options): Promise<Figure[]> {
  const { isQuick, hasAllForms, profileFolder } = options
  await using postgres = await openPrivatePostgres()
  await using load = startLoad()
  await runSql(await postgres.createDatabase('payments_bare'), barePaymentSchema)
  await migrateUp(await postgres.createDatabase('payments_ours'), { info: () => undefined })
  const requestCount = isQuick ? 2_000 : 6_000
  const bench = { postgres, load, requestCount, profileFolder }
  console.error(`P3: ${requestCount} payments a run`)
  const silent = await measureSilent(bench, hasAllForms)
  return [...silent, ...(await measureTold(bench))]
}

async function measureSilent(bench: Bench, hasAllForms: boolean): Promise<Figure[]> {
  const notes: Notes = { otherCount: 0, catchUpMs: [], statements: [] }
  const variants = [...contenders, ...(hasAllForms ? moreContenders : [])].map((contender) =>
    variantOf(bench, contender, { hasWebhooks: false, notes }),
  )
  const name = 'P3 (a) payments, 64 at a time'
  const figures = figuresOf(name, await measureRounds(variants, roundsOf(bench)), peer)
  console.error(`  statements a payment: ${describe(notes.statements)}`)
  if (bench.profileFolder !== undefined) console.error(await describeProfile(bench.profileFolder))
  const [ours] = figures.filter(({ variant }) => variant === 'ours')
  if (ours === undefined) throw new Error('ours was not measured')
  const { share, p95Ms, cpuUs } = goals
  const isReached = (ours.ratio ?? 0) >= share
  ours.goal = { text: `>= ${share * 100} %`, isReached }
  const cpu = (ours.nodeUs ?? 0) + (ours.postgresUs ?? 0)
  return [
    ...figures,
    { ...figureOf(name, 'ours, p95', 'ms', ours.p95Ms), goal: below(p95Ms, 'ms', ours.p95Ms) },
    { ...figureOf(name, 'ours, CPU a payment', 'us', cpu), goal: below(cpuUs, 'us', cpu) },
    figureOf(
      name,
      'ours, statements a payment',
      '',
      notes.statements.reduce((sum, [, count]) => sum + count, 0),
    ),
    figureOf(name, 'ours, answers other than 201', '', notes.otherCount),
  ]
}

async function measureTold(bench: Bench): Promise<Figure[]> {
  const notes: Notes = { otherCount: 0, catchUpMs: [], statements: [] }
  const contender: Contender = { name: 'ours', server: 'ours', provider: 'sandbox' }
  const variant = variantOf(bench, contender, { hasWebhooks: true, notes })
  const name = 'P3 (b) with webhooks, 64 at a time'
  const runs = await measureRounds([variant], roundsOf(bench))
  const [ours] = figuresOf(name, runs, 'ours').map(({ ratio: _, ...figure }) => figure)
  if (ours === undefined) throw new Error('ours was not measured')
  const { toldPerSecond, toldP95Ms } = goals
  const goal = { text: `>= ${toldPerSecond}/s`, isReached: ours.value >= toldPerSecond }
  return [
    { ...ours, goal },
    { ...figureOf(name, 'ours, p95', 'ms', ours.p95Ms), goal: below(toldP95Ms, 'ms', ours.p95Ms) },
    figureOf(name, 'ours, caught up after', 'ms', median(notes.catchUpMs)),
    // Any duplicate fails the bench.
    { ...figureOf(name, 'duplicates', '', 0), goal: { text: '0', isReached: true } },
    figureOf(name, 'ours, answers other than 201', '', notes.otherCount),
  ]
}

function variantOf(
  bench: Bench,
  contender: Contender,
  options: { hasWebhooks: boolean; notes: Notes },
): Variant {
  const { postgres, load, profileFolder } = bench
  const { name, server, provider, times = 1 } = contender
  const { hasWebhooks, notes } = options
  const isOurs = name === 'ours'
  const count = bench.requestCount * times
  const prepare = async (): Promise<Prepared> => {
    const folder = createTemporaryFolder('p3')
    const template = server === 'ours' ? 'payments_ours' : 'payments_bare'
    const databaseUrl = await postgres.createDatabase('run', template)
    const system = await startPaymentSystem({
      ...{ server, provider, hasWebhooks, databaseUrl, folder: folder.path },
      profileFolder: isOurs && !hasWebhooks ? profileFolder : undefined,
    })
    await load.preparePayments({ firstNumber: 0, count: WARM_UP_COUNT, apiKey: API_KEY })
    const warmed = await load.sendPayments(system.server.port)
    await load.preparePayments({ firstNumber: WARM_UP_COUNT, count, apiKey: API_KEY })
    let answeredCount = warmed.operations
    const countsBefore = isOurs ? await readStatementCounts(system.server.port) : new Map()
    return {
      nodePids: [system.server.pid],
      providerPid: system.provider.pid,
      loadPid: load.pid,
      run: async () => {
        const { others, ...run } = await load.sendPayments(system.server.port)
        answeredCount += run.operations
        if (isOurs) notes.otherCount += others.count
        if (others.first !== undefined) console.error(`  ${name}: ${others.count}: ${others.first}`)
        // What a payment's webhooks cost belongs to the payment, also when they come late.
        if (hasWebhooks) notes.catchUpMs.push(await catchUp(system, databaseUrl))
        return run
      },
      check: async () => {
        if (!isOurs) return
        const counts = await readStatementCounts(system.server.port)
        notes.statements = perOperation(countsBefore, counts, count)
        if (hasWebhooks) {
          await tellFees(system)
          await catchUp(system, databaseUrl)
        }
        await checkPayments(system, databaseUrl, answeredCount)
      },
      close: async () => {
        await system.close()
        await postgres.dropDatabase('run')
        await folder.remove()
      },
    }
  }
  return { name, prepare }
}

function roundsOf({ postgres }: Bench) {
  return { roundCount: 3, postgresPid: postgres.pid }
}

function figureOf(bench: string, variant: string, unit: string, value = Number.NaN): Figure {
  return { bench, variant, unit, value, rounds: [value] }
}

function below(limit: number, unit: string, value = Number.NaN) {
  return { text: `< ${limit} ${unit}`, isReached: value < limit }
}

function describe(statements: [string, number][]): string {
  return statements.map(([name, count]) => `${name} ${count.toFixed(2)}`).join(', ')
}
