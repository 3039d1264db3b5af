import type { JsonObject, JsonValue, ProviderEvent } from './event-handler.ts'
import type { EventMessage } from './messages.ts'

/** Node hands the digits to a reviver; the standard library's types do not say so yet. */
type Reviver = (key: string, value: unknown) => unknown

/** The event as the handler sees it. @throws when the body is no JSON object */
export function buildEvent({ body, ...known }: EventMessage): ProviderEvent {
  const payload: JsonValue = JSON.parse(body, exactAndFrozen as Reviver)
  if (!isObject(payload)) throw new Error('the body is not a JSON object')
  // Stripe nests the object in `data`, PayPal calls it `resource`.
  const { data, resource } = payload
  const object = isObject(data) && isObject(data.object) ? data.object : resource
  return Object.freeze({
    ...known,
    payload,
    object: isObject(object) ? object : Object.freeze({}),
  })
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Called from the leaves up, so every object is complete when it is frozen. */
function exactAndFrozen(
  _key: string,
  value: JsonValue,
  { source }: { source?: string },
): JsonValue {
  if (typeof value === 'object' && value !== null) return Object.freeze(value)
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value)
  return isRounded && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value
}
