import { Agent, request as requestHttp } from 'node:http'
import { request as requestHttps, Agent as SecureAgent } from 'node:https'

export const SOCKET_COUNT_MAX = 32
const TIMEOUT_MS = 10_000

export type Post = {
  send(url: string, body: string, signature: string): Promise<boolean>
  close(): void
}

/** Posts over connections that stay open; true when the answer was 2xx, false for anything else. */
export function createPost(): Post {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKET_COUNT_MAX })
  const secureAgent = new SecureAgent({ keepAlive: true, maxSockets: SOCKET_COUNT_MAX })
  return {
    send: (url, body, signature) =>
      new Promise((resolve) => {
        const isSecure = url.startsWith('https:')
        const headers = {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
          'stripe-signature': signature,
          'user-agent': 'Stripe/1.0 (sandbox)',
        }
        const options = { method: 'POST', headers, timeout: TIMEOUT_MS }
        const request = isSecure
          ? requestHttps(url, { ...options, agent: secureAgent })
          : requestHttp(url, { ...options, agent })
        request.once('response', (response) => {
          const { statusCode = 0 } = response
          response.resume().once('close', () => resolve(statusCode >= 200 && statusCode < 300))
        })
        request.once('timeout', () => request.destroy())
        // A refused or broken connection is a failed try, and is tried again.
        request.once('error', () => resolve(false))
        request.end(body)
      }),
    close: () => {
      agent.destroy()
      secureAgent.destroy()
    },
  }
}
