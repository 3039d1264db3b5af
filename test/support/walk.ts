/** A folder in which somebody starts Payonce and types what the documentation says. */
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { freePort, type PayonceProcess, startPayonce } from './process.ts'

const repository = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

export type Walk = AsyncDisposable & {
  sandboxUrl: string
  /** the text with the ports of this walk for those of the documentation */
  atOurPorts(text: string): string
  /** runs the commands in a shell, with the key as the first start printed it; resolves with all they print */
  type(commands: string): Promise<string>
  /** starts once more, when what ran has ended; resolves when it is ready */
  startAgain(): Promise<void>
  /** of what was started last */
  output(): string
}

export async function openWalk(environment: Record<string, string> = {}): Promise<Walk> {
  const folder = await mkdtemp(join(tmpdir(), 'payonce-walk-'))
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const started: PayonceProcess[] = []
  const start = async () => {
    const ports = { PORT: `${port}`, SANDBOX_PORT: `${sandboxPort}` }
    const payonce = startPayonce({ folder, environment: { ...ports, ...environment } })
    started.push(payonce)
    await payonce.ready
  }
  const dispose = async () => {
    for (const one of started) one.kill('SIGTERM')
    for (const one of started) await one.exited
    await rm(folder, { recursive: true, force: true })
  }
  const output = () => started.at(-1)?.output() ?? ''
  const atOurPorts = (text: string) =>
    text
      .replaceAll(/(localhost|127\.0\.0\.1):8000/g, `$1:${port}`)
      .replaceAll(/(localhost|127\.0\.0\.1):12111/g, `$1:${sandboxPort}`)
  try {
    await standInForNpx(join(folder, 'bin'))
    await start()
    const typed = {
      KEY: /^ {2}KEY=(\S+)$/m.exec(output())?.[1] ?? '',
      HOME: folder,
      PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter),
    }
    return {
      sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
      atOurPorts,
      type: async (commands) => {
        const script = `exec 2>&1; ${atOurPorts(commands)}`
        return (await run('bash', ['-c', script], { cwd: folder, env: typed })).stdout
      },
      startAgain: async () => {
        await started.at(-1)?.exited
        await start()
      },
      output,
      [Symbol.asyncDispose]: dispose,
    }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** `npx payonce` without the second it takes npm to find it. */
async function standInForNpx(folder: string): Promise<void> {
  const path = join(folder, 'npx')
  const bin = join(repository, 'bin/payonce.js')
  await mkdir(folder)
  await writeFile(path, `#!/bin/sh\nshift\nexec "${process.execPath}" "${bin}" "$@"\n`)
  await chmod(path, 0o755)
}
