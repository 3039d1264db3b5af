/**
 * Rounds: every variant once a round, in turn, so that a noisy minute hits all of them. A run during which the host
 * took more than 5 % of the CPU away is done again, a few times at most.
 */
import { readMachineCpu, sharesBetween } from './machine-cpu.ts'
import { processCpuUs, processTreeCpuUs } from './process-cpu.ts'

export type Run = {
  operations: number
  seconds: number
  /** milliseconds of single operations, where the variant tells them */
  latenciesMs?: number[]
}
export type Variant = {
  name: string
  /** everything that must not be measured; its result is the run */
  prepare: () => Promise<Prepared>
}
export type Prepared = {
  run: () => Promise<Run>
  /** Node processes whose CPU counts */
  nodePids: number[]
  /** the load generator, whose CPU is neither ours nor foreign */
  loadPid?: number
  /** who is asked over the network, whose CPU is told apart */
  providerPid?: number
  /** what must be so after a run; it is not measured */
  check?: () => Promise<void>
  close: () => Promise<void>
}
export type MeasuredRun = Run & {
  nodeUs: number
  postgresUs: number
  providerUs?: number
  steal: number
  foreign: number
}

const STEAL_MAX = 0.05
const REPEAT_COUNT_MAX = 3

export async function measureRounds(
  variants: readonly Variant[],
  options: { roundCount: number; postgresPid: number },
): Promise<Map<string, MeasuredRun[]>> {
  const runs = new Map<string, MeasuredRun[]>(variants.map(({ name }) => [name, []]))
  for (let round = 0; round < options.roundCount; round++) {
    for (const variant of variants) {
      const measured = await measureQuietly(variant, options.postgresPid)
      runs.get(variant.name)?.push(measured)
      const rate = Math.round(measured.operations / measured.seconds)
      console.error(`  round ${round + 1}/${options.roundCount} ${variant.name}: ${rate}/s`)
    }
  }
  return runs
}

async function measureQuietly(variant: Variant, postgresPid: number): Promise<MeasuredRun> {
  for (let repeat = 0; ; repeat++) {
    const measured = await measureOnce(variant, postgresPid)
    if (measured.steal <= STEAL_MAX || repeat >= REPEAT_COUNT_MAX) return measured
    console.error(`  ${variant.name}: steal ${(measured.steal * 100).toFixed(1)} %, again`)
  }
}

async function measureOnce(variant: Variant, postgresPid: number): Promise<MeasuredRun> {
  const prepared = await variant.prepare()
  try {
    const measured = await measureRun(prepared, postgresPid)
    await prepared.check?.()
    return measured
  } finally {
    await prepared.close()
  }
}

/** One run of what is prepared, with what it took from the machine. */
export async function measureRun<R extends Run>(
  prepared: Omit<Prepared, 'run'> & { run: () => Promise<R> },
  postgresPid: number,
): Promise<R & MeasuredRun> {
  const nodeCpu = () => prepared.nodePids.reduce((sum, pid) => sum + processCpuUs(pid), 0)
  const before = readMachineCpu()
  const cpuOf = (pid: number | undefined) => (pid === undefined ? 0 : processCpuUs(pid))
  const { loadPid, providerPid } = prepared
  const loadBefore = cpuOf(loadPid)
  const providerBefore = cpuOf(providerPid)
  const nodeBefore = nodeCpu()
  const postgresBefore = processTreeCpuUs(postgresPid)
  const run = await prepared.run()
  const nodeUs = nodeCpu() - nodeBefore
  const postgresUs = processTreeCpuUs(postgresPid) - postgresBefore
  const providerUs = cpuOf(providerPid) - providerBefore
  const ownUs = nodeUs + postgresUs + providerUs + cpuOf(loadPid) - loadBefore
  const shares = sharesBetween(before, readMachineCpu(), ownUs)
  return { ...run, nodeUs, postgresUs, ...(providerPid !== undefined && { providerUs }), ...shares }
}
