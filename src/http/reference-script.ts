import { Worker } from 'node:worker_threads'

const LOAD_MS_MAX = 30_000

/** The API reference's browser program, gzipped; read when somebody first opens the page, and kept. */
export function openReferenceScript(): () => Promise<Buffer> {
  let script: Promise<Buffer> | undefined
  return () => {
    script ??= load().catch((error: unknown) => {
      script = undefined
      throw error
    })
    return script
  }
}

async function load(): Promise<Buffer> {
  const worker = new Worker(new URL('./reference-script-worker.ts', import.meta.url))
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  const timer = setTimeout(reject, LOAD_MS_MAX, new Error('the API reference did not load in time'))
  worker.once('message', (bytes: Uint8Array) => resolve(Buffer.from(bytes)))
  worker.once('error', reject)
  worker.once('exit', () => reject(new Error('the API reference did not load')))
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
