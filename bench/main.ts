/**
 * `node bench/main.ts [p1|p2|p3|p4|p6|p7|p8|lag ...] [--quick] [--seconds n] [--rate n] [--rows n] [--payments n]
 * [--all-forms] [--profile folder]`: measures, prints one table, keeps the figures as JSON. Seconds and rate are lag's:
 * how long, and how many a second instead of half of P2; rows and payments are the sizes of the histories of P6 and P7;
 * P3 measures every bare form with --all-forms, and leaves CPU profiles of our server in the folder given.
 */
import { availableParallelism, cpus, release } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { measureP2 } from './apply/p2.ts'
import { measureP8 } from './first-run/p8.ts'
import { measureP6 } from './growth/p6.ts'
import { measureP7 } from './growth/p7.ts'
import { measureLag } from './lag/lag.ts'
import { measureFsyncRate } from './measure/fsync-rate.ts'
import { measureP3 } from './payments/p3.ts'
import { measureP4 } from './payments/p4.ts'
import type { Figure } from './report/figures.ts'
import { formatTable } from './report/table.ts'
import { writeResults } from './report/write-results.ts'
import { runInterruptibly } from './support/interrupts.ts'
import { measureP1 } from './webhook/p1.ts'

const { values, positionals } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seconds: { type: 'string' },
    rate: { type: 'string' },
    payments: { type: 'string' },
    rows: { type: 'string' },
    'all-forms': { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
  allowPositionals: true,
})
const isQuick = values.quick
const seconds = positive('seconds', values.seconds)
const perSecond = positive('rate', values.rate)

const paymentCount = positive('payments', values.payments)
const rowCount = positive('rows', values.rows)

const benches: Record<string, () => Promise<Figure[]>> = {
  p1: () => measureP1(isQuick),
  p2: () => measureP2(isQuick),
  p3: () =>
    measureP3({
      ...{ isQuick, hasAllForms: values['all-forms'] },
      ...(values.profile !== undefined && { profileFolder: resolve(values.profile) }),
    }),
  p4: () => measureP4(isQuick),
  p6: () => measureP6({ isQuick, ...(rowCount !== undefined && { rowCount }) }),
  p7: () => measureP7({ isQuick, ...(paymentCount !== undefined && { paymentCount }) }),
  p8: () => measureP8(isQuick),
  lag: () =>
    measureLag({
      isQuick,
      ...(seconds !== undefined && { seconds }),
      ...(perSecond !== undefined && { perSecond }),
    }),
}
/** Lag and growth take minutes of their own and are run by name. */
const usual = ['p1', 'p2', 'p3', 'p4', 'p8']

const names = positionals.length === 0 ? usual : positionals
const unknown = names.find((name) => benches[name] === undefined)
if (unknown !== undefined) refuse(`${unknown}: must be one of ${Object.keys(benches).join(', ')}`)
await runInterruptibly(run)

async function run(): Promise<void> {
  const startedAt = performance.now()
  const fsyncRates = [measureFsyncRate()]
  const figures: Figure[] = []
  for (const name of names) {
    figures.push(...((await benches[name]?.()) ?? []))
    fsyncRates.push(measureFsyncRate())
  }
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    kernel: release(),
    node: process.version,
    fsyncPerSecond: fsyncRates,
  }
  const tookSeconds = Math.round((performance.now() - startedAt) / 1000)
  console.log(formatTable(figures))
  console.log(
    `\n${machine.cores} cores, ${machine.cpu}, Node ${machine.node}, PostgreSQL 18 with fsync on, max_wal_size 8 GB; ` +
      `fdatasync ${fsyncRates.join(', ')}/s; load generator on the same machine; ${tookSeconds} s in all.`,
  )
  const date = new Date().toISOString()
  console.log(await writeResults({ date, quick: isQuick, seconds: tookSeconds, machine, figures }))
}

function positive(option: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  const value = Number(given)
  if (Number.isSafeInteger(value) && value > 0) return value
  return refuse(`--${option} ${given}: must be a whole number above 0`)
}

function refuse(reason: string): never {
  console.error(reason)
  process.exit(2)
}
