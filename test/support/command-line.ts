/** The command line in this process: what it prints, and how it ends. */
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCommandLine } from '../../src/cli/payonce.ts'

export type Ended = { code: number; stdout: string; stderr: string }

/** @param environment all the command sees; nothing of this process */
export async function payonce(
  environment: Record<string, string>,
  ...argv: string[]
): Promise<Ended> {
  const stdout = new PassThrough()
  const stderr = new PassThrough()
  const told = Promise.all([text(stdout), text(stderr)])
  const code = await runCommandLine(argv, async () => 0, {
    terminal: { stdout, stderr },
    // No folder of its own: there is no .env in it.
    source: { environment, folder: '/nonexistent' },
  })
  stdout.end()
  stderr.end()
  const [out, err] = await told
  return { code, stdout: out, stderr: err }
}

/** The command at a terminal at which these answers are typed, one for each question. */
export async function typeAnswers(
  environment: Record<string, string>,
  answers: string[],
  ...argv: string[]
): Promise<{ code: number; told: string }> {
  const streams = [new PassThrough(), new PassThrough(), new PassThrough()] as const
  for (const one of streams) Object.assign(one, { isTTY: true })
  const [stdin, stdout, stderr] = streams
  let told = ''
  stdout.on('data', (chunk) => {
    told += chunk
  })
  stderr.on('data', (chunk) => {
    told += chunk
    if (!/(\[y\/N\]|log\)) $/.test(String(chunk))) return
    const answer = answers.shift()
    if (answer === undefined) stdin.end()
    else stdin.write(`${answer}\n`)
  })
  const code = await runCommandLine(argv, async () => 0, {
    terminal: { stdin, stdout, stderr },
    source: { environment, folder: '/nonexistent' },
  })
  return { code, told }
}
