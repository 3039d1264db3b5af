/**
 * Telemetry: what the process tells about itself, as log lines, metrics and trace ids.
 *
 * In: business events from every folder but the domain. Out: JSON lines, the Prometheus page.
 * Promise: no line holds a card number, an address or a secret; neither log nor metrics can stop a payment.
 * Imports domain only.
 */
import pino from 'pino'
import { describeError } from './describe-error.ts'
import { type LogDestination, openLogDestination } from './log-destination.ts'
import { currentContext } from './request-context.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type Logger = pino.Logger

export type LoggerOptions = {
  level: LogLevel
  /** standard output unless given */
  destination?: Pick<LogDestination, 'write'>
}

/** pino's number for the level `error`. */
const ERROR_LEVEL = 50

/**
 * One JSON object a line: `timestamp` (ISO 8601), `level`, the fields of the request context, `message`.
 * Errors become `error: { type, code, message }`, with the stack on error lines or when debugging.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      errorKey: 'error',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: asIs },
      mixin: currentContext,
      hooks: {
        logMethod(args, log, lineLevel) {
          const withStack = lineLevel >= ERROR_LEVEL || this.isLevelEnabled('debug')
          log.apply(this, describeErrors(args, withStack))
        },
      },
    },
    destination ?? openLogDestination(),
  )
}

/** Errors are described before pino sees them, because only there the level of the line is known. */
function asIs(value: unknown): unknown {
  return value instanceof Error ? describeError(value, { withStack: false }) : value
}

type Arguments = Parameters<pino.LogFn>

/** `log.error(error)` and `log.error({ error }, 'message')` both describe the error. */
function describeErrors(args: Arguments, withStack: boolean): Arguments {
  const [fields, ...rest] = args as [unknown, string?, ...unknown[]]
  if (fields instanceof Error) {
    return [{ error: describeError(fields, { withStack }) }, rest[0] ?? fields.message]
  }
  if (typeof fields !== 'object' || fields === null) return args
  // Fastify and other libraries say `err`.
  const { err, error = err, ...others } = fields as { err?: unknown; error?: unknown }
  if (error === undefined) return args
  return [{ ...others, error: describeError(error, { withStack }) }, ...rest] as Arguments
}
