/** `node bench/main.ts [p1|p2|p8 ...] [--quick]`: measures, prints one table, keeps the figures as JSON. */
import { availableParallelism, cpus, release } from 'node:os'
import { parseArgs } from 'node:util'
import { measureP2 } from './apply/p2.ts'
import { measureP8 } from './first-run/p8.ts'
import { measureFsyncRate } from './measure/fsync-rate.ts'
import type { Figure } from './report/figures.ts'
import { formatTable } from './report/table.ts'
import { writeResults } from './report/write-results.ts'
import { measureP1 } from './webhook/p1.ts'

const benches: Record<string, (isQuick: boolean) => Promise<Figure[]>> = {
  p1: measureP1,
  p2: measureP2,
  p8: measureP8,
}

const { values, positionals } = parseArgs({
  options: { quick: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const names = positionals.length === 0 ? Object.keys(benches) : positionals
const unknown = names.find((name) => benches[name] === undefined)
if (unknown !== undefined) {
  console.error(`${unknown}: must be one of ${Object.keys(benches).join(', ')}`)
  process.exit(2)
}

const startedAt = performance.now()
const fsyncRates = [measureFsyncRate()]
const figures: Figure[] = []
for (const name of names) {
  figures.push(...((await benches[name]?.(values.quick)) ?? []))
  fsyncRates.push(measureFsyncRate())
}
const machine = {
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  kernel: release(),
  node: process.version,
  fsyncPerSecond: fsyncRates,
}
const seconds = Math.round((performance.now() - startedAt) / 1000)
console.log(formatTable(figures))
console.log(
  `\n${machine.cores} cores, ${machine.cpu}, Node ${machine.node}, PostgreSQL 18 with fsync on, max_wal_size 8 GB; ` +
    `fdatasync ${fsyncRates.join(', ')}/s; load generator on the same machine; ${seconds} s in all.`,
)
const date = new Date().toISOString()
console.log(await writeResults({ date, quick: values.quick, seconds, machine, figures }))
