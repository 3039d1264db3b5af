import type { FastifyRequest } from 'fastify'
import type { Deed } from '../audit/record-deed.ts'
import { callerOf } from './authentication.ts'

/** Who asks for a deed, whose things it is about, and why, as the audit log keeps it. */
export function deedOf(request: FastifyRequest, reason: string | undefined): Deed {
  const { merchantId, livemode, apiKeyId } = callerOf(request)
  return {
    scope: { merchantId, livemode },
    actor: { type: 'api_key', id: apiKeyId },
    reason,
    requestId: request.id,
  }
}
