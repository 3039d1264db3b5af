import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { openHealthListener } from '../../src/app/health-listener.ts'
import { health } from '../../src/cli/health.ts'
import { openDatabase } from '../../src/store/db.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { startSupervisor } from '../../src/workers/supervisor.ts'
import { createTestDatabase } from '../support/database.ts'
import { freePort } from '../support/process.ts'

test('a worker shows health and metrics and nothing else, and the command says what it shows', async (t) => {
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
  const given = { ...process.env }
  const told: string[] = []
  t.mock.method(console, 'log', (line: string) => told.push(line))
  t.mock.method(console, 'error', (line: string) => told.push(line))
  try {
    delete process.env.HEALTH_PORT
    assert.equal(await health(['--role', 'worker']), 2, 'nowhere to ask')
    process.env.HEALTH_PORT = String(await freePort())
    assert.equal(await health(['--role', 'worker']), 1)
    assert.match(told.at(-1) ?? '', /does not answer: connect ECONNREFUSED/)

    await listener.listen({ host: '127.0.0.1', port: 0 })
    const { port } = listener.server.address() as AddressInfo
    for (const [host, setting] of [
      ['127.0.0.1', 'HEALTH_PORT'],
      ['0.0.0.0', 'HEALTH_PORT'],
      ['localhost', 'PORT'],
    ] as const) {
      Object.assign(process.env, { HOST: host, [setting]: String(port) })
      assert.equal(await health(setting === 'PORT' ? [] : ['--role', 'worker']), 0, host)
    }
    assert.match(told.at(-1) ?? '', /"worker":\{"ok":true,"detail":"1 duties running"\}/)
    works = false
    worker.wake('duty')
    await new Promise(setImmediate)
    assert.equal(await health([]), 1)
    assert.match(told.at(-1) ?? '', /"down":\["worker"\].*failing: duty/)

    const answer = async (path: string) => fetch(`http://127.0.0.1:${port}${path}`)
    assert.match(
      await (await answer('/metrics')).text(),
      /^http_request_duration_seconds_count.*"\/ready"/m,
    )
    assert.equal((await answer('/payments')).status, 404)
  } finally {
    process.env = given
    await listener.close()
    await worker.stop()
    metrics[Symbol.dispose]()
  }
})
