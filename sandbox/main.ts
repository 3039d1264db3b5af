/** `npm run sandbox`: reads the environment, opens the sandbox, closes it when told to end. */
import { readEnvironment } from './environment.ts'
import { openSandbox } from './sandbox.ts'

const sandbox = await openSandbox(readEnvironment())
process.stdout.write(`sandbox ready at ${sandbox.address}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    // A second signal ends it at once.
    void sandbox.close()
  })
