/**
 * Runs in a thread of the user's process: ends the process when Payonce is gone. The process learns it by its channel,
 * too, but not while a handler blocks its event loop, and such a process would run for ever.
 */
import { workerData } from 'node:worker_threads'

const CHECK_MS = 1_000
/** Told by who started us: asked here, it would be another's already when that one died meanwhile. */
const parent: unknown = workerData

setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL')
}, CHECK_MS)
