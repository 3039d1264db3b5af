import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { openRedisConnection, type RedisAddress } from '../../src/cache/redis-connection.ts'
import { eventually } from '../support/eventually.ts'
import { openTestRedis } from '../support/redis.ts'

type Certificate = { key: string; cert: string }

/** A certificate for localhost that nobody has signed but itself; undefined without openssl. */
function makeCertificate(): Certificate | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'payonce-test-tls-'))
  try {
    const [key, cert] = [join(folder, 'key'), join(folder, 'cert')]
    const request = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
    const made = spawnSync('openssl', [
      ...['req', ...request, ...subject],
      ...['-days', '1', '-keyout', key, '-out', cert],
    ])
    if (made.status !== 0) return undefined
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Speaks TLS to the client and passes what it says on to Redis. */
async function openTlsFront(t: TestContext, target: RedisAddress, certificate: Certificate) {
  const server = createServer(certificate, (client) => {
    const upstream = connect({ host: target.host, port: target.port })
    client.pipe(upstream).pipe(client)
    client.on('error', () => {})
    client.on('close', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    t.after(() => client.destroy())
  }).listen(0, 'localhost')
  await once(server, 'listening')
  t.after(() => server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

test('a Redis behind TLS is used when its certificate is trusted, and never otherwise', async (t) => {
  const redis = await openTestRedis()
  if (typeof redis === 'string') return t.skip(redis)
  t.after(redis.close)
  const certificate = makeCertificate()
  if (certificate === undefined) return t.skip('openssl makes no certificate here')
  const port = await openTlsFront(t, redis.address, certificate)
  const open = (host: string) => {
    const address = { ...redis.address, host, port, isEncrypted: true }
    const connection = openRedisConnection({ address, onChange: () => {}, answerMsMax: 10_000 })
    t.after(connection.close)
    return connection
  }
  const becomes = (connection: ReturnType<typeof open>, wanted: string) =>
    eventually(
      async () => connection.health(),
      ({ detail }) => detail === wanted,
      20_000,
    )

  await becomes(open('localhost'), 'DEPTH_ZERO_SELF_SIGNED_CERT')
  setDefaultCACertificates([...getCACertificates('default'), certificate.cert])
  await becomes(open('localhost'), 'answers')
  // Trusted, but for another name.
  await becomes(open('127.0.0.1'), 'ERR_TLS_CERT_ALTNAME_INVALID')
})
