import type { FastifyInstance } from 'fastify'
import { DomainError, type ErrorCode, errorCatalogue, isErrorCode } from '../../domain/errors.ts'

/** `GET /docs/errors/:code`, where every problem's `type` points: what happened, and how it is mended. */
export async function errorDocs(app: FastifyInstance): Promise<void> {
  app.get<{ Params: { code: string } }>(
    '/docs/errors/:code',
    { config: { isPublic: true } },
    async ({ params: { code } }, reply) => {
      if (!isErrorCode(code)) throw new DomainError('not_found')
      return reply.type('text/html; charset=utf-8').send(renderPage(code))
    },
  )
}

function renderPage(code: ErrorCode): string {
  const { status, title, cause, fix, retryable } = errorCatalogue[code]
  const repeat = retryable
    ? 'The same request may succeed later.'
    : 'Repeating the same request will not help.'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(code)}</title>
<style>body { font: 1rem/1.5 system-ui; max-width: 40rem; margin: 3rem auto; padding: 0 1rem; color-scheme: light dark }</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p><code>${escapeHtml(code)}</code>, HTTP ${status}</p>
<h2>What happened</h2>
<p>${escapeHtml(cause)}</p>
<h2>How to mend it</h2>
<p>${escapeHtml(fix)}</p>
<p>${repeat}</p>
</body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
