/**
 * Takes the API reference's browser program out of its package and compresses it, in a thread of its own: loading
 * the package costs a hundred megabytes that are gone with the thread.
 */
import { parentPort } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import reference from '@scalar/fastify-api-reference'
import Fastify from 'fastify'

const app = Fastify()
await app.register(reference, {
  routePrefix: '/docs',
  configuration: { url: '/openapi.json', telemetry: false },
})
const answer = await app.inject('/docs/js/scalar.js')
if (answer.statusCode !== 200) throw new Error(`the API reference answers ${answer.statusCode}`)
parentPort?.postMessage(gzipSync(answer.rawPayload, { level: 9 }))
await app.close()
