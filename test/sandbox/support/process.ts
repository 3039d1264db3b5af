import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

const main = resolve(import.meta.dirname, '../../../sandbox/main.ts')

export type SandboxProcess = {
  address: string
  /** everything it has printed */
  output(): string
  end(signal: NodeJS.Signals): Promise<number | string>
}

/** The sandbox as `npm run sandbox` starts it. */
export async function startSandbox(environment: Record<string, string>): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, SANDBOX_PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const ready = Promise.withResolvers<string>()
  const read = (chunk: Buffer) => {
    output += chunk.toString('utf8')
    const address = /ready at (http\S+)/.exec(output)?.[1]
    if (address !== undefined) ready.resolve(address)
  }
  child.stdout.on('data', read)
  child.stderr.on('data', read)
  const exited = once(child, 'exit').then(([code, signal]) => {
    ready.reject(new Error(`the sandbox ended (${signal ?? code}):\n${output}`))
    return (signal ?? code) as number | string
  })
  const address = await ready.promise
  return {
    address,
    output: () => output,
    end: async (signal) => {
      child.kill(signal)
      return exited
    },
  }
}
