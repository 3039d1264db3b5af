/** Schemas that many routes share. One schema checks, types, serializes and documents. */
import { type TSchema, Type } from '@fastify/type-provider-typebox'

/** One of a closed list of words. */
export function word<const Word extends string>(words: readonly Word[], description?: string) {
  return Type.Unsafe<Word>({
    type: 'string',
    enum: [...words],
    ...(description && { description }),
  })
}

export const nullableText = Type.Unsafe<string | null>({ type: ['string', 'null'] })
export const instant = Type.String({ description: 'ISO 8601, UTC' })
export const nullableInstant = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  description: 'ISO 8601, UTC',
})
export const id = (prefix: string) => Type.String({ description: `begins with ${prefix}_` })
export const minorUnits = Type.Integer({ description: "in the currency's minor unit" })
/** For sums: written digit for digit, also beyond 2^53. */
export const exactInteger = Type.Unsafe<bigint>({ type: 'integer' })
export const exactMinorUnits = Type.Unsafe<bigint>({
  type: 'integer',
  description: "in the currency's minor unit; exact, also beyond 2^53",
})
export const currencyCode = Type.String({ description: 'ISO 4217, upper case' })
export const anyObject = Type.Unsafe<object>({ type: 'object', additionalProperties: true })

/** PostgreSQL stores no NUL, so nothing with one is ever found. */
export const filterText = (description: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, pattern: '^[^\\u0000]*$', description }),
  )
export const filterInstant = (description: string) =>
  Type.Optional(Type.String({ maxLength: 40, description: `${description}; ISO 8601 with offset` }))

export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'default 20' })),
  cursor: Type.Optional(
    Type.String({ minLength: 1, maxLength: 255, description: 'next_cursor of the page before' }),
  ),
}

export const idParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 255 }) })

export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), next_cursor: nullableText })
}

/** A query in which an unknown name is an error, not silently another question. */
export function query<Properties extends Record<string, TSchema>>(properties: Properties) {
  return Type.Object(properties, { additionalProperties: false })
}
