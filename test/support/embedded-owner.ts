/** A process of its own that owns a data folder until it is killed, for the tests of what it leaves. */
import { openEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts'
import { chooseBinaries } from './test-server.ts'

const [dataDir] = process.argv.slice(2)
if (dataDir === undefined) throw new Error('Usage: embedded-owner.ts <data folder>')
const server = await openEmbeddedPostgres({
  dataDir,
  log: { info: () => undefined, warn: () => undefined },
  ...chooseBinaries(),
})
// The server does not keep its owner alive, a timer does.
const alive = setInterval(() => undefined, 60_000)
process.once('SIGTERM', () => {
  clearInterval(alive)
  void server.close()
})
// Last: whoever reads this line may send a signal at once.
process.stdout.write(`${JSON.stringify({ url: server.url, pid: server.pid })}\n`)
