import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { TLocalizedValidationError } from 'typebox/error'
import { DomainError, type FieldError } from '../domain/errors.ts'

const FIELD_ERROR_COUNT_MAX = 20

/**
 * Checks a request part against its schema. Query, path and headers are text and are converted first; a body is
 * taken as it is, so that "1000" never becomes an amount.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  return (sent: unknown) => {
    const value = httpPart === 'body' ? sent : validator.Convert(sent)
    if (validator.Check(value)) return { value }
    return { error: invalidRequest(httpPart ?? 'body', validator.Errors(value)) }
  }
}

function invalidRequest(httpPart: string, found: TLocalizedValidationError[]): DomainError {
  // The library adds a second error for a field no schema knows; the first one names it.
  const told = found.filter((error) => error.keyword !== 'boolean')
  const errors = told.flatMap(fieldErrorsOf).slice(0, FIELD_ERROR_COUNT_MAX)
  const [first] = errors
  const where = httpPart === 'querystring' ? 'query' : httpPart
  const what = `${first?.pointer ?? ''} ${first?.detail ?? 'is refused'}`.trimStart()
  return new DomainError('invalid_request', {
    public: `The ${where} is not valid: ${what}.`,
    errors,
  })
}

function fieldErrorsOf(error: TLocalizedValidationError): FieldError[] {
  const inside = (names: string[], detail: string) =>
    names.map((name) => ({ pointer: `${error.instancePath}/${escaped(name)}`, detail }))
  if (error.keyword === 'required') return inside(error.params.requiredProperties, 'is required')
  if (error.keyword === 'additionalProperties') {
    return inside(error.params.additionalProperties, 'is not a known field')
  }
  const detail =
    error.keyword === 'enum'
      ? `must be one of ${error.params.allowedValues.join(', ')}`
      : error.message
  return [{ pointer: error.instancePath, detail }]
}

/** RFC 6901. */
function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1')
}
