import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { DomainError, type ErrorCode } from '../domain/errors.ts'
import { PROBLEM_MEDIA_TYPE, problemOf } from './problem.ts'

const codes: Record<string, ErrorCode> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout',
  HPE_HEADER_OVERFLOW: 'headers_too_large',
}

/** Answers what never became a request: malformed HTTP, headers too large or too slow. Then closes. */
export function answerClientError(
  error: Error & { code?: string },
  socket: Socket,
  requestId: string,
): ErrorCode {
  const code = codes[error.code ?? ''] ?? 'invalid_request'
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return code
  }
  const problem = problemOf(new DomainError(code), { requestId, baseUrl: '' })
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
    `content-type: ${PROBLEM_MEDIA_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
  return code
}
