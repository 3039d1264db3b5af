/** Examples for the reference, made from the schemas themselves, so that they cannot go stale. */
import { exampleProblem } from './error-examples.ts'

// A JSON Schema or a part of an OpenAPI document: objects all the way down, whose shape is the standard's.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Schema = Record<string, any>

const ID_BODY = '01kaj3n6h2x9v7t4r5q8w0z1y3'
const INSTANT = '2026-11-21T10:00:00.000Z'
const AMOUNT = 1000

/** What fields are usually like, where the schema says only their type. */
const byName: Record<string, unknown> = {
  amount_cents: AMOUNT,
  currency: 'EUR',
  provider: 'stripe',
  provider_event_id: 'evt_1NG8Du2eZvKYlo2CUI79vXWy',
  provider_reference: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
  object_reference: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
  stripe_payment_intent_id: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
  type: 'payment_intent.succeeded',
  request_id: 'req_6f1f0e3c9d6b4c58a0b7c2d1e4f5a6b7',
  correlation_id: 'cart-9',
  trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
  api_version: '2025-09-30.clover',
  next_cursor: null,
  last_error: null,
  next_action: null,
  reason: null,
  metadata: { order_id: 'order_123' },
}

/** Adds an example to every answer of an OpenAPI document. */
export function addExamples(document: Schema): Schema {
  for (const path of Object.values<Schema>(document.paths ?? {})) {
    for (const operation of Object.values<Schema>(path)) {
      for (const [status, response] of Object.entries<Schema>(operation.responses ?? {})) {
        for (const media of Object.values<Schema>(response.content ?? {})) {
          media.example ??= status === '4XX' ? exampleProblem('not_found') : exampleOf(media.schema)
        }
      }
    }
  }
  return document
}

export function exampleOf(schema: Schema | undefined, name = ''): unknown {
  if (schema === undefined) return undefined
  if (schema.example !== undefined) return schema.example
  if (schema.const !== undefined) return schema.const
  if (Array.isArray(schema.enum)) return schema.enum[0]
  if (Array.isArray(schema.anyOf)) return exampleOf(schema.anyOf[0], name)
  if (Object.hasOwn(byName, name)) return byName[name]
  const types: unknown[] = [schema.type].flat()
  if (schema.properties !== undefined) {
    const fields = Object.entries<Schema>(schema.properties)
    return Object.fromEntries(fields.map(([field, value]) => [field, exampleOf(value, field)]))
  }
  if (types.includes('array')) return [exampleOf(schema.items, name)]
  if (types.includes('object')) return {}
  if (types.includes('boolean')) return false
  if (types.includes('integer') || types.includes('number'))
    return name.endsWith('_cents') ? AMOUNT : 1
  return textOf(schema, name)
}

function textOf({ description = '' }: Schema, name: string): string {
  const prefix = /begins with (\w+_)/.exec(description)?.[1] ?? prefixByName[name]
  if (prefix !== undefined) return `${prefix}${ID_BODY}`
  if (name.endsWith('_at') || name === 'at' || description.startsWith('ISO 8601')) return INSTANT
  return name === '' ? 'text' : name.replaceAll('_', ' ')
}

const prefixByName: Record<string, string> = {
  id: 'pay_',
  payment_id: 'pay_',
  merchant_id: 'mer_',
  provider_account_id: 'pac_',
}
