/**
 * `npm run faults:mutants`: each patch of this folder is a bug that somebody could make. It is planted in a copy of the
 * tree, and what should catch it is run there. A bug that nobody notices, a patch that no longer applies, and a command
 * that fails without the bug all make the run fail: a net is as good as what it catches.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'

const repository = resolve(import.meta.dirname, '../../..')
const RUN_MS_MAX = 300_000
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024

type Mutant = { name: string; bug: string; run: string[]; patch: string }
type Ended = { code: number; output: string }

const { values } = parseArgs({ options: { only: { type: 'string' } } })
const say = (line: string) => process.stdout.write(`${line}\n`)

async function readMutants(): Promise<Mutant[]> {
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.patch'))
  return Promise.all(
    names.sort().map(async (name) => {
      const patch = join(import.meta.dirname, name)
      const text = await readFile(patch, 'utf8')
      const bug = /^Bug: (.+)$/m.exec(text)?.[1]
      const run = /^Run: (.+)$/m.exec(text)?.[1]
      if (bug === undefined || run === undefined) {
        throw new Error(`${name} does not begin with "Bug: ..." and "Run: ..."`)
      }
      return { name: name.replace(/\.patch$/, ''), bug, run: readWords(run), patch }
    }),
  )
}

/** Words between spaces; single quotes keep spaces together. */
function readWords(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|\S+/g)].map(([word, quoted]) => quoted ?? word)
}

function end(file: string, args: string[], cwd: string): Promise<Ended> {
  const options = { cwd, timeout: RUN_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX }
  return new Promise((settle) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      settle({ code, output: `${stdout}\n${stderr}` })
    })
  })
}

async function must(file: string, args: string[], cwd: string): Promise<string> {
  const { code, output } = await end(file, args, cwd)
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${output}`)
  return output
}

/** The tree as it is here, what is not committed yet included. */
async function copyTree(folder: string): Promise<void> {
  await must('git', ['worktree', 'add', '--detach', folder, 'HEAD'], repository)
  const { output } = await end('git', ['diff', '--binary', 'HEAD'], repository)
  if (output.trim() !== '') {
    const changes = ['apply', '--whitespace=nowarn', '-']
    await new Promise<void>((settle, fail) => {
      const child = execFile('git', changes, { cwd: folder }, (error) =>
        error === null ? settle() : fail(error),
      )
      child.stdin?.end(output)
    })
    await must(
      'git',
      [
        '-c',
        'user.name=net',
        '-c',
        'user.email=net@invalid',
        'commit',
        '--all',
        '--no-verify',
        '--message=as it is here',
      ],
      folder,
    )
  }
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
}

/** What says that somebody noticed; anything else that fails is an accident. */
function isCaught({ code, output }: Ended): boolean {
  return code !== 0 && /^CAUGHT by|AssertionError|ERR_ASSERTION/m.test(output)
}

const mutants = (await readMutants()).filter(({ name }) => name.includes(values.only ?? ''))
const parent = await mkdtemp(join(tmpdir(), 'payonce-mutants-'))
const folder = join(parent, 'tree')
const faults: string[] = []
try {
  await copyTree(folder)
  const commands = new Map(mutants.map(({ run }) => [run.join(' '), run]))
  for (const [line, run] of commands) {
    const { code, output } = await end(process.execPath, run, folder)
    if (code !== 0)
      faults.push(`without any bug, this fails: node ${line}\n${output.slice(-4_000)}`)
  }
  for (const { name, bug, run, patch } of faults.length > 0 ? [] : mutants) {
    const startedAt = performance.now()
    const planted = await end('git', ['apply', patch], folder)
    if (planted.code !== 0) {
      faults.push(`${name} no longer applies:\n${planted.output}`)
      continue
    }
    const ended = await end(process.execPath, run, folder)
    await must('git', ['checkout', '--', '.'], folder)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0)
    const by = /^CAUGHT by .*$/m.exec(ended.output)?.[0].slice(0, 160) ?? 'an assertion of a test'
    if (isCaught(ended)) say(`caught    ${name} (${bug}), ${seconds} s\n          ${by}`)
    else if (ended.code === 0) faults.push(`SURVIVED  ${name}: ${bug}`)
    else
      faults.push(
        `${name} ended with ${ended.code} and nobody said why:\n${ended.output.slice(-2_000)}`,
      )
  }
} finally {
  await end('git', ['worktree', 'remove', '--force', folder], repository)
  await rm(parent, { recursive: true, force: true })
}
for (const fault of faults) say(fault)
say(
  `${mutants.length} planted, ${faults.length === 0 ? 'all caught' : `${faults.length} not caught`}`,
)
process.exitCode = faults.length === 0 && mutants.length > 0 ? 0 : 1
