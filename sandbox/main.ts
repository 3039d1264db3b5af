/** `npm run sandbox`: reads the environment, opens the sandbox, closes it when told to end. */
import { readEnvironment } from './environment.ts'
import { openSandbox } from './sandbox.ts'

const sandbox = await openSandbox(readEnvironment())
process.stdout.write(`sandbox ready at ${sandbox.address}\n`)
// Whoever forked it is told where it is, and does not leave it behind by dying.
process.send?.({ address: sandbox.address })

let isEnding = false
// Each is listened for once: a second signal of a kind ends it at once.
for (const end of ['SIGINT', 'SIGTERM', 'disconnect'] as const) process.once(end, endOnce)

async function endOnce(): Promise<void> {
  if (isEnding) return
  isEnding = true
  await sandbox.close()
  // The channel to whoever forked it would keep the process alive for as long as that one lives.
  if (process.connected) process.disconnect()
}
