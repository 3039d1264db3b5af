/** What the reference says of routes that take raw bytes or answer without a schema of their own. */
import type { Schema } from '../openapi-examples.ts'

const text = { type: 'string' }
const json = (properties: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema: { type: 'object', properties } } },
})
const asText = (media: string, description: string, example: string) => ({
  description,
  content: { [media]: { schema: text, example } },
})

const alive = {
  tags: ['Health'],
  response: {
    200: json(
      { status: { enum: ['ok'] }, version: { ...text, example: '0.1.0' } },
      'The process answers.',
    ),
  },
}
const ready = {
  summary: 'Can it do its work? For load balancers',
  tags: ['Health'],
  response: {
    200: json(
      {
        status: { enum: ['ready'] },
        down: { type: 'array', items: text, example: [] },
        checks: { type: 'object', example: { database: { ok: true, detail: 'answers' } } },
      },
      'Everything it depends on answers.',
    ),
    503: json(
      {
        status: { enum: ['not_ready'] },
        down: { type: 'array', items: text, example: ['database'] },
        checks: { type: 'object', example: { database: { ok: false, detail: 'ECONNREFUSED' } } },
      },
      'What is named in `down` does not answer.',
    ),
  },
}
const webhook = {
  summary: 'Receive a webhook of Stripe',
  description:
    'The raw bytes are verified under the signing secret before anything reads them, and stored before the answer.',
  tags: ['Provider webhooks'],
  headers: {
    type: 'object',
    properties: {
      'stripe-signature': { ...text, description: 't=<seconds>,v1=<HMAC-SHA256 in hexadecimal>' },
    },
    required: ['stripe-signature'],
  },
  response: {
    200: json(
      {
        received: { type: 'boolean', example: true },
        duplicate: { type: 'boolean', description: 'true for an event that is already there' },
        message: { ...text, description: 'with a repeat', example: 'already processed' },
      },
      'The event is stored; a repeat is told.',
    ),
  },
}

export const publicRoutes: Record<string, Schema> = {
  '/health': { summary: 'Is the service there?', ...alive },
  '/health/live': { summary: 'Is the process alive?', ...alive },
  '/health/ready': { ...ready, summary: 'Can it do its work?' },
  '/ready': ready,
  '/metrics': {
    summary: 'Metrics in the text form Prometheus reads',
    tags: ['Health'],
    response: {
      200: asText('text/plain', 'Every series.', 'outbox_queue_depth 0\n'),
    },
  },
  '/webhooks/stripe': webhook,
  '/webhooks/stripe/:accountId': {
    ...webhook,
    summary: 'Receive a webhook of Stripe for one provider account',
    params: {
      type: 'object',
      properties: { accountId: { ...text, description: 'begins with pac_' } },
    },
  },
}
