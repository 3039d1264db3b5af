/** P8, first run: `node src/main.ts` in a fresh data folder, until it says it is ready; then what it holds in memory. */
import { join } from 'node:path'
import { freePort } from '../../test/support/process.ts'
import { proportionalSetMb } from '../measure/proportional-set.ts'
import { median } from '../measure/statistics.ts'
import type { Figure } from '../report/figures.ts'
import { startServerProcess } from '../support/server-process.ts'
import { createTemporaryFolder } from '../support/temporary-folder.ts'

const ROUND_COUNT = 3
const ROUND_COUNT_QUICK = 1
const bench = 'P8 first run'

export async function measureP8(isQuick: boolean): Promise<Figure[]> {
  const roundCount = isQuick ? ROUND_COUNT_QUICK : ROUND_COUNT
  const seconds: number[] = []
  const megabytes: number[] = []
  for (let round = 0; round < roundCount; round++) {
    const one = await runOnce()
    console.error(
      `  round ${round + 1}/${roundCount}: ${one.seconds.toFixed(2)} s, ${one.megabytes.toFixed(0)} MB`,
    )
    seconds.push(one.seconds)
    megabytes.push(one.megabytes)
  }
  return [
    { bench, variant: 'until ready', unit: 's', value: median(seconds), rounds: seconds },
    {
      bench,
      variant: 'Node + PostgreSQL',
      unit: 'MB',
      value: median(megabytes),
      rounds: megabytes,
    },
  ]
}

async function runOnce(): Promise<{ seconds: number; megabytes: number }> {
  const folder = createTemporaryFolder('p8')
  const port = await freePort()
  try {
    const server = await startServerProcess({
      script: join(import.meta.dirname, '../../src/main.ts'),
      args: [],
      port,
      readyPath: '/health/ready',
      folder: folder.path,
      environment: {
        PORT: String(port),
        PAYONCE_DATA_DIR: join(folder.path, 'data'),
        DATABASE_URL: 'embedded',
      },
    })
    const megabytes = proportionalSetMb(server.pid)
    await server.close()
    return { seconds: server.readyMs / 1000, megabytes }
  } finally {
    await folder.remove()
  }
}
