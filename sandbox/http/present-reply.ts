import { presentError } from '../present/error.ts'
import { expandPaths } from '../present/expand.ts'
import { present } from '../present/present.ts'
import type { Presenting } from '../present/presenting.ts'
import type { Version } from '../store/records.ts'
import type { StripeError } from '../stripe/errors.ts'
import type { Reply } from '../stripe/operation.ts'
import type { Call } from './call.ts'

export type Presented = {
  readonly status: number
  /** a version stands for its own wire form, which is smaller to keep than its bytes */
  readonly body: Version | string
}

export function presentReply(from: Presenting, call: Call, reply: Reply): Presented {
  if ('error' in reply) return presentFailure(from, reply.error, call.requestId)
  if ('version' in reply) {
    if (call.expand.length === 0) return { status: 200, body: reply.version }
    const wire = expandPaths(from, present(from, reply.version), call.expand)
    return { status: 200, body: JSON.stringify(wire) }
  }
  if ('body' in reply) return { status: 200, body: JSON.stringify(reply.body) }
  const wire = {
    object: reply.nextPage === undefined ? 'list' : 'search_result',
    url: call.path,
    has_more: reply.hasMore,
    ...(reply.nextPage !== undefined && { next_page: reply.nextPage }),
    data: reply.list.map((version) => present(from, version)),
  }
  return { status: 200, body: JSON.stringify(expandPaths(from, wire, call.expand)) }
}

export function presentFailure(from: Presenting, error: StripeError, requestId: string): Presented {
  return { status: error.status, body: JSON.stringify(presentError(from, error, requestId)) }
}

export function bodyOf(from: Presenting, { body }: Presented): string {
  return typeof body === 'string' ? body : JSON.stringify(present(from, body))
}
