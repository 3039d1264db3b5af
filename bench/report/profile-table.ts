/** Where a Node process spent its busy time, from the profile that `--cpu-prof` left. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

type Profile = {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[]
  samples: number[]
  timeDeltas: number[]
}

const FUNCTION_COUNT_MAX = 30
const repository = join(import.meta.dirname, '../..')

/** Of the newest profile in the folder: each function's own share, the largest first. */
export async function describeProfile(folder: string): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.cpuprofile')).toSorted()
  const newest = names.at(-1)
  if (newest === undefined) throw new Error(`${folder}: no profile was left there`)
  const profile = JSON.parse(await readFile(join(folder, newest), 'utf8')) as Profile
  const nameOf = new Map(profile.nodes.map(({ id, callFrame }) => [id, describe(callFrame)]))
  const timeOf = new Map<string, number>()
  let busy = 0
  for (const [index, sample] of profile.samples.entries()) {
    const name = nameOf.get(sample) ?? '(unknown)'
    if (name.startsWith('(idle)')) continue
    const time = profile.timeDeltas[index] ?? 0
    timeOf.set(name, (timeOf.get(name) ?? 0) + time)
    busy += time
  }
  return [...timeOf]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, FUNCTION_COUNT_MAX)
    .map(([name, time]) => `${((time / busy) * 100).toFixed(1).padStart(6)} %  ${name}`)
    .join('\n')
}

function describe({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  const name = functionName || '(anonymous)'
  const path = url.replace(`file://${repository}/`, '').replace(/^.*node_modules\//, '')
  return `${name}  ${path === '' || path.startsWith('node:') ? 'Node itself' : path}`
}
