/**
 * Answers one call, through whatever fault is armed for it. Each mode is one line of a switch: what happens to the
 * effect, and what happens to the answer.
 */
import type { ServerResponse } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { type Answer, json, send } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { keyInUse } from '../http/idempotency.ts'
import { type Running, runCall, type Twist } from '../http/run-call.ts'
import type { ArmedFaults, Fault } from './armed-faults.ts'
import { spoilAmounts } from './spoil-amounts.ts'

/** How long a caller may wait for an answer that never comes. */
const HOLD_MS_MAX = 120_000
const STALE_MS_DEFAULT = 60_000

export async function answerCall(
  running: Running,
  faults: ArmedFaults,
  call: Call,
  response: ServerResponse,
): Promise<void> {
  const fault = faults.take(call.operation.name)
  if (fault === undefined) return send(response, await runAlone(running, call))
  const { mode, delayMs } = fault
  switch (mode) {
    case 'timeout_before':
      return hold(response, delayMs)
    case 'timeout_after':
      await runAlone(running, call)
      return hold(response, delayMs)
    case 'error_before':
      return send(response, await runAlone(running, call, { failBefore: true }))
    case 'error_after':
      return send(response, await runAlone(running, call, { failAfter: true }))
    case 'rate_limit':
      return send(response, rateLimited(call))
    case 'key_in_use':
      return send(response, answerKeyInUse(call))
    case 'unavailable':
      return send(response, unavailable(call))
    case 'reset':
      return reset(running, faults, call, response)
    case 'slow':
      return send(response, await runAlone(running, call, {}, delayMs))
    case 'truncated':
      return sendHalf(response, await runAlone(running, call))
    case 'html':
      await runAlone(running, call)
      return send(response, htmlPage(call))
    case 'wrong_amount':
      return send(response, spoilAmounts(await runAlone(running, call)))
    case 'stale_read':
      return send(response, await runAlone(running, call, staleness(running, call, fault)))
    case 'effect_late':
      runLate(running, call, delayMs).catch(running.report)
      return hold(response, 0)
  }
}

/** While a call runs, its key is in use; `lingerMs` is how much longer it seems to run. */
async function runAlone(
  running: Running,
  call: Call,
  twist: Twist = {},
  lingerMs = 0,
): Promise<Answer> {
  const { key } = call
  const answering = runCall(running, call, twist)
  if (key === undefined || running.inUse.has(key)) {
    if (lingerMs > 0) await setTimeout(lingerMs)
    return answering
  }
  running.inUse.add(key)
  try {
    const answer = await answering
    if (lingerMs > 0) await setTimeout(lingerMs)
    return answer
  } finally {
    running.inUse.delete(key)
  }
}

async function runLate(running: Running, call: Call, delayMs: number): Promise<void> {
  const { key } = call
  const isHolder = key !== undefined && !running.inUse.has(key)
  if (isHolder) running.inUse.add(key)
  const isTime = await waitUnlessClosed(delayMs, running.closing)
  if (isHolder) running.inUse.delete(key)
  if (isTime) await runAlone(running, call)
}

/** false when the sandbox is closed first: an effect that nobody was told of may as well never happen. */
async function waitUnlessClosed(delayMs: number, closing: AbortSignal): Promise<boolean> {
  return setTimeout(delayMs, true, { ref: false, signal: closing }).catch(() => false)
}

/** Says nothing until the caller gives up; with a delay, the connection breaks after it. */
function hold(response: ServerResponse, delayMs: number): Promise<void> {
  const timer = globalThis.setTimeout(() => response.destroy(), delayMs || HOLD_MS_MAX).unref()
  return new Promise((resolve) => {
    response.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

/** The connection breaks, by chance before or after the effect: the caller cannot know. */
async function reset(
  running: Running,
  faults: ArmedFaults,
  call: Call,
  response: ServerResponse,
): Promise<void> {
  if (running.books.chance.fraction('reset', faults.firedCount) < 0.5) await runAlone(running, call)
  const { socket } = response
  if (socket === null) response.destroy()
  else socket.resetAndDestroy()
}

/** The headers promise the whole body; half of it comes. */
function sendHalf(response: ServerResponse, { status, body, headers }: Answer): void {
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(bytes.length),
    ...headers,
  })
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy())
}

function rateLimited(call: Call): Answer {
  const error = {
    message:
      'Request rate limit exceeded. Learn more about rate limits at https://stripe.com/docs/rate-limits.',
    type: 'invalid_request_error',
    code: 'rate_limit',
  }
  const answer = json(429, { error })
  return { ...answer, headers: { 'request-id': call.requestId, 'retry-after': '1' } }
}

/** As if another call under this key were running right now. */
function answerKeyInUse(call: Call): Answer {
  const { status, type, message, fields } = keyInUse()
  const answer = json(status, { error: { message, type, ...fields } })
  return { ...answer, headers: { 'request-id': call.requestId } }
}

/** Said by what stands in front of the API: the call never came there, so nothing is kept under its key. */
function unavailable(call: Call): Answer {
  const error = { message: 'The service is unavailable for a moment.', type: 'api_error' }
  return { ...json(503, { error }), headers: { 'request-id': call.requestId } }
}

function htmlPage(call: Call): Answer {
  const body = '<!doctype html><title>Service</title><h1>Something went wrong</h1>\n'
  return {
    status: 200,
    body,
    headers: { 'content-type': 'text/html', 'request-id': call.requestId },
  }
}

function staleness(running: Running, call: Call, { delayMs }: Fault): Twist {
  if (call.operation.method !== 'GET') return {}
  return { staleSinceMs: running.books.clock.nowMs() - (delayMs || STALE_MS_DEFAULT) }
}
