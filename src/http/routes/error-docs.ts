import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, type ErrorCode, errorCatalogue, isErrorCode } from '../../domain/errors.ts'
import {
  allCodesAsHtml,
  describeErrorCode,
  errorCodeAsHtml,
  errorCodeAsMarkdown,
} from '../describe-error-code.ts'
import { PAGE_HEADERS } from '../docs-page.ts'

const codes = Object.keys(errorCatalogue) as ErrorCode[]
const hidden = { schema: { hide: true }, config: { isPublic: true } }

/**
 * `GET /docs/errors/:code`, where every problem's `type` points: what happened, how it is mended, and an example; a
 * page for browsers, JSON or Markdown for who asks for it. `GET /docs/errors` lists all.
 */
export async function errorDocs(app: FastifyInstance): Promise<void> {
  app.get('/docs/errors', hidden, async (request, reply) =>
    answer(request, reply, {
      json: () => ({ items: codes.map(describeErrorCode) }),
      markdown: () => `# Error codes\n\n${codes.map(errorCodeAsMarkdown).join('\n')}`,
      html: () => allCodesAsHtml(codes),
    }),
  )
  app.get<{ Params: { code: string } }>('/docs/errors/:code', hidden, async (request, reply) => {
    const { code } = request.params
    if (!isErrorCode(code)) throw new DomainError('not_found')
    return answer(request, reply, {
      json: () => describeErrorCode(code),
      markdown: () => errorCodeAsMarkdown(code),
      html: () => errorCodeAsHtml(code),
    })
  })
}

function answer(
  { headers: { accept = '' } }: FastifyRequest,
  reply: FastifyReply,
  forms: { json: () => object; markdown: () => string; html: () => string },
): FastifyReply {
  reply.header('vary', 'accept').header('cache-control', 'public, max-age=300')
  if (accept.includes('text/html')) return reply.headers(PAGE_HEADERS).send(forms.html())
  if (/application\/(?:[\w.-]+\+)?json/.test(accept)) return reply.send(forms.json())
  if (/text\/(?:markdown|plain)/.test(accept))
    return reply.type('text/markdown; charset=utf-8').send(forms.markdown())
  return reply.headers(PAGE_HEADERS).send(forms.html())
}
