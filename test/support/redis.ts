/** A Redis for tests: the one TEST_REDIS_URL names, else a private one that lives as long as the tests of the file. */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Redis } from 'ioredis'
import type { RedisAddress } from '../../src/cache/redis-connection.ts'
import { readConfig } from '../../src/config/config.ts'

export type TestRedis = {
  url: string
  address: RedisAddress
  /** for looking and meddling, as anybody could who reaches Redis */
  client: Redis
  /** begins every key of these tests, so that a Redis that holds other things keeps them */
  namespace: string
  /** removes every key of the namespace */
  wipe(): Promise<void>
  close(): Promise<void>
}

const services = resolve(import.meta.dirname, '../../scripts/services')
const NOT_TO_BE_HAD = 3

/** The reason why there is none is told instead. In CI there has to be one. */
export async function openTestRedis(): Promise<TestRedis | string> {
  const given = process.env.TEST_REDIS_URL ?? ''
  const own = given === '' ? startOwn() : undefined
  if (typeof own === 'string') return own
  const url = own?.url ?? given
  const address = addressOf(url)
  const namespace = `payonce:test-${randomBytes(6).toString('hex')}:`
  const { host, port, database: db, username, password } = address
  const client = new Redis({ host, port, db, ...(username && { username }), password })
  // Redis ends before its client does.
  client.on('error', () => {})
  const wipe = async () => {
    const keys = await client.keys(`${namespace}*`)
    if (keys.length > 0) await client.unlink(keys)
  }
  const close = async () => {
    await wipe()
    client.disconnect()
    own?.stop()
  }
  return { url, address, client, namespace, wipe, close }
}

export function addressOf(url: string): RedisAddress {
  const [node] = readConfig({ REDIS_URL: url }).redis
  if (node === undefined) throw new Error('TEST_REDIS_URL names no server')
  const { username, password, ...address } = node
  return {
    ...address,
    ...(username !== undefined && { username: username.reveal() }),
    ...(password !== undefined && { password: password.reveal() }),
  }
}

function startOwn(): { url: string; stop: () => void } | string {
  const folder = mkdtempSync(join(tmpdir(), 'payonce-test-redis-'))
  const run = (...args: string[]) =>
    spawnSync(services, args, {
      encoding: 'utf8',
      env: { ...process.env, PAYONCE_SERVICES_DIR: folder },
    })
  const { status, stdout, stderr } = run('start', 'redis')
  const stop = () => {
    process.off('exit', stop)
    run('stop', 'redis')
    rmSync(folder, { recursive: true, force: true })
  }
  if (status === 0) {
    // Also when the tests end without closing it.
    process.on('exit', stop)
    return { url: stdout.trim(), stop }
  }
  rmSync(folder, { recursive: true, force: true })
  if (status === NOT_TO_BE_HAD && process.env.CI !== 'true') {
    return stderr.trim().split('\n')[0] ?? 'no Redis'
  }
  throw new Error(`scripts/services start redis: exit code ${status}\n${stderr}`)
}
