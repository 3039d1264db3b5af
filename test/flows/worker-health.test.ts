import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openHealthListener } from '../../src/app/health-listener.ts'
import { openDatabase } from '../../src/store/db.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { startSupervisor } from '../../src/workers/supervisor.ts'
import { payonce } from '../support/command-line.ts'
import { createTestDatabase } from '../support/database.ts'
import { freePort } from '../support/process.ts'

test('a worker shows health and metrics and nothing else, and the command says what it shows', async () => {
  await using test = await createTestDatabase()
  await using database = openDatabase({ url: test.url, poolSize: 1, applicationName: 'test' })
  const metrics = createMetrics({ version: '1', environment: 'test', knownTypes: new Set() })
  const logger = createLogger({ level: 'error', destination: { write: () => undefined } })
  let works = true
  const takeTurn = async () => {
    if (!works) throw new Error('away')
    return 'idle' as const
  }
  const worker = startSupervisor([{ name: 'duty', pollMs: 3_600_000, takeTurn }], () => {})
  const listener = openHealthListener({ database, worker, logger, metrics, version: '1' })
  try {
    const nowhere = await payonce({}, 'health', '--role', 'worker')
    assert.equal(nowhere.code, 2)
    assert.match(nowhere.stderr, /HEALTH_PORT, which is not set/)
    const silent = { HEALTH_PORT: String(await freePort()) }
    const unheard = await payonce(silent, 'health', '--role', 'worker')
    assert.equal(unheard.code, 1, 'as the checks of containers expect')
    assert.match(unheard.stderr, /does not answer: connect ECONNREFUSED/)
    const asJson = await payonce(silent, 'health', '--role', 'worker', '--json')
    assert.equal(JSON.parse(asJson.stderr).error, 'unreachable')

    await listener.listen({ host: '127.0.0.1', port: 0 })
    const { port } = listener.server.address() as AddressInfo
    const ready = /"worker":\{"ok":true,"detail":"1 duties running"\}/
    for (const host of ['127.0.0.1', '0.0.0.0', 'localhost']) {
      const worker = await payonce(
        { HOST: host, HEALTH_PORT: String(port) },
        'health',
        '--role',
        'worker',
      )
      assert.equal(worker.code, 0, worker.stderr)
      assert.match(worker.stdout, ready)
    }
    const environment = { PORT: String(port) }
    assert.equal((await payonce(environment, 'health')).code, 0)
    works = false
    worker.wake('duty')
    await new Promise(setImmediate)
    const failing = await payonce(environment, 'health')
    assert.equal(failing.code, 1)
    assert.match(failing.stdout, /"down":\["worker"\].*failing: duty/)

    const answer = async (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
    assert.match(
      await (await answer('/metrics')).text(),
      /^http_request_duration_seconds_count.*"\/ready"/m,
    )
    assert.equal((await answer('/payments')).status, 404)
  } finally {
    await listener.close()
    await worker.stop()
    metrics[Symbol.dispose]()
  }
})
