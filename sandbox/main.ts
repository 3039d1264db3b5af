/** `npm run sandbox`: reads the environment, opens the sandbox, closes it when told to end. */
import { readEnvironment } from './environment.ts'
import { openSandbox } from './sandbox.ts'

const sandbox = await openSandbox(readEnvironment())
process.stdout.write(`sandbox ready at ${sandbox.address}\n`)
// Whoever forked it is told where it is, and does not leave it behind by dying.
process.send?.({ address: sandbox.address })

for (const end of ['SIGINT', 'SIGTERM', 'disconnect'] as const)
  process.once(end, () => {
    // A second signal ends it at once.
    void sandbox.close()
  })
