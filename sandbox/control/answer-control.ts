/** The control API, beside the simulated Stripe: faults, webhooks, effects, clock, reset. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ArmedFaults } from '../faults/armed-faults.ts'
import { json, readBody, send } from '../http/answer.ts'
import type { Books } from '../store/books.ts'
import type { WebhookSender } from '../webhooks/sender.ts'
import { writeEffects } from './effects.ts'
import { armFault, listFaults } from './faults.ts'
import { ControlError, readFields, readNumber } from './read-json.ts'
import { setWebhooks, showWebhooks } from './webhooks.ts'

const ADVANCE_SECONDS_MAX = 10 * 366 * 24 * 3600

export type Controlled = {
  readonly books: Books
  readonly faults: ArmedFaults
  readonly sender: WebhookSender
  reset(seed: number): Promise<void>
}

export async function answerControl(
  controlled: Controlled,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  try {
    if (body === undefined) throw new ControlError('body', 'The body is too large.')
    const wanted = `${request.method} ${request.url?.split('?')[0]}`
    // For a shell: kill -9 $(curl -s …/_sandbox/pid)
    if (wanted === 'GET /_sandbox/pid')
      return send(response, {
        status: 200,
        body: `${process.pid}\n`,
        headers: { 'content-type': 'text/plain' },
      })
    if (wanted === 'GET /_sandbox/effects') return await sendEffects(controlled.books, response)
    const found = await control(controlled, wanted, body)
    if (found === undefined)
      return send(response, json(404, { error: { message: `There is no ${wanted}.` } }))
    send(response, json(200, found))
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    const { field, message, allowed } = error
    send(response, json(400, { error: { field, message, ...(allowed && { allowed }) } }))
  }
}

async function control(
  { books, faults, sender, reset }: Controlled,
  wanted: string,
  body: string,
): Promise<object | undefined> {
  switch (wanted) {
    case 'POST /_sandbox/faults':
      return armFault(faults, body)
    case 'GET /_sandbox/faults':
      return listFaults(faults)
    case 'DELETE /_sandbox/faults': {
      const disarmed = listFaults(faults)
      faults.disarm()
      return disarmed
    }
    case 'POST /_sandbox/webhooks':
      return setWebhooks(sender, body)
    case 'GET /_sandbox/webhooks':
      return showWebhooks(sender)
    case 'POST /_sandbox/clock': {
      const fields = readFields(body, ['advance_seconds'])
      const limits = { least: 0, most: ADVANCE_SECONDS_MAX }
      await books.advance(readNumber(fields, 'advance_seconds', limits) * 1000)
      sender.wake()
      return showClock(books)
    }
    case 'GET /_sandbox/clock':
      return showClock(books)
    case 'POST /_sandbox/reset': {
      const fields = readFields(body, ['seed'])
      const fallback = books.chance.seed
      await reset(readNumber(fields, 'seed', { fallback, least: 0, most: 2 ** 32 }))
      return { seed: books.chance.seed }
    }
    default:
      return undefined
  }
}

function showClock({ clock }: Books) {
  return {
    now: new Date(clock.nowMs()).toISOString(),
    ahead_seconds: Math.round(clock.aheadMs / 1000),
  }
}

async function sendEffects(books: Books, response: ServerResponse): Promise<void> {
  await books.flushed()
  response.writeHead(200, { 'content-type': 'application/json' })
  await pipeline(Readable.from(writeEffects(books)), response)
}
