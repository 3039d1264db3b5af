import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'

const services = resolve(import.meta.dirname, '../../scripts/services')

test('scripts/services starts one private Redis, shows it, and leaves nothing of it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'payonce-test-services-'))
  const run = (...args: string[]) =>
    spawnSync(services, args, {
      encoding: 'utf8',
      env: { ...process.env, PAYONCE_SERVICES_DIR: folder },
    })
  t.after(() => {
    run('stop', 'redis')
    rmSync(folder, { recursive: true, force: true })
  })
  assert.equal(run('start', 'oracle').status, 2)
  const started = run('start', 'redis')
  if (started.status === 3 && process.env.CI !== 'true')
    return t.skip(started.stderr.split('\n')[0])
  assert.equal(started.status, 0, started.stderr)
  assert.match(started.stdout, /^redis:\/\/default:[0-9a-f]{32}@127\.0\.0\.1:\d+\/0\n$/)
  assert.equal(run('start', 'redis').stdout, started.stdout)
  const shown = run('status').stdout
  assert.match(shown, /^redis +running +127\.0\.0\.1:\d+, pid \d+/m)
  const password = new URL(started.stdout.trim()).password
  assert.ok(!`${shown}${started.stderr}`.includes(password))
  const pid = Number(/pid (\d+)/.exec(shown)?.[1])

  assert.equal(run('stop', 'redis').status, 0)
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  assert.ok(!existsSync(join(folder, 'redis')))
  assert.doesNotMatch(run('status').stdout, /^redis +running/m)
  assert.equal(run('stop', 'redis').status, 0)
})
