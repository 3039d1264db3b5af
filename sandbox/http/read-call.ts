import { hash, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { API_VERSION } from '../present/present.ts'
import { invalid, StripeError } from '../stripe/errors.ts'
import { readBody } from './answer.ts'
import { authenticate } from './authenticate.ts'
import type { Call } from './call.ts'
import { type Form, parseForm } from './form.ts'
import type { FindOperation } from './routes.ts'

const KEY_LENGTH_MAX = 255

/** The end of a UUID is chance alone, and Node draws many at once: a system call for each id was felt. */
export const createRequestId = () => `req_${randomUUID().replaceAll('-', '').slice(-14)}`

/** Reads a request whole, and refuses what is wrong with it before any operation sees it. */
export async function readCall(
  request: IncomingMessage,
  findOperation: FindOperation,
  requestId: string,
): Promise<Call> {
  const { method = 'GET', url = '/' } = request
  const body = await readBody(request)
  if (body === undefined) throw invalid('The request is too large.')
  authenticate(request.headers.authorization)
  const queryAt = url.indexOf('?')
  const path = queryAt < 0 ? url : url.slice(0, queryAt)
  const found = findOperation(method, path)
  if (found === undefined)
    throw new StripeError(
      404,
      'invalid_request_error',
      `Unrecognized request URL (${method}: ${path}).`,
    )
  const text = method === 'POST' ? body : queryAt < 0 ? '' : url.slice(queryAt + 1)
  const form = parseForm(text)
  const key = method === 'POST' ? readKey(request.headers['idempotency-key']) : undefined
  const { expand, ...rest } = form
  return {
    ...found,
    path,
    form: rest,
    expand: readExpand(expand),
    key,
    fingerprint: key === undefined ? '' : fingerprintOf(text),
    requestId,
    apiVersion: String(request.headers['stripe-version'] ?? API_VERSION),
  }
}

function readKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined || header === '') return undefined
  const key = String(header)
  if (key.length > KEY_LENGTH_MAX)
    throw invalid(`Idempotency keys are at most ${KEY_LENGTH_MAX} characters long.`)
  return key
}

function readExpand(expand: Form[string] | undefined): readonly string[] {
  if (expand === undefined) return []
  if (Array.isArray(expand) && expand.every((path) => typeof path === 'string')) return expand
  throw invalid('Invalid array', 'expand')
}

/** The parameters in any order are the same parameters. */
function fingerprintOf(text: string): string {
  return hash('sha256', text.split('&').sort().join('&'), 'base64url')
}
