import { gunzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { escapeHtml } from '../docs-page.ts'
import { openReferenceScript } from '../reference-script.ts'

const hidden = { schema: { hide: true }, config: { isPublic: true } }

/** The program draws its own styles; scripts, fonts and data come from here only, so the page works without a network. */
const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
}

/** Nothing is fetched from, sent to or offered of the program's makers. */
const configuration = {
  url: '/openapi.json',
  withDefaultFonts: false,
  telemetry: false,
  proxyUrl: '',
  hideClientButton: true,
  showDeveloperTools: 'never',
  agent: { disabled: true },
  mcp: { disabled: true },
  persistAuth: false,
  authentication: { preferredSecurityScheme: 'key' },
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
  documentDownloadType: 'json',
  theme: 'default',
}

/** `GET /docs`: the API reference, in which requests can be tried with a key; `GET /` leads there. */
export function apiDocs({ version }: { version: string }) {
  return async (app: FastifyInstance): Promise<void> => {
    const readScript = openReferenceScript()
    // Whoever opens the address that the start prints is led to something to read.
    app.get('/', hidden, async (_request, reply) => reply.redirect('/docs'))
    app.get('/docs', hidden, async (_request, reply) =>
      reply.headers(PAGE_HEADERS).send(renderShell(version)),
    )
    app.get('/docs/reference.js', hidden, async (request, reply) => {
      const gzipped = await readScript()
      reply
        .header('content-type', 'text/javascript; charset=utf-8')
        .header('cache-control', 'public, max-age=604800, immutable')
        .header('vary', 'accept-encoding')
      return /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
        ? reply.header('content-encoding', 'gzip').send(gzipped)
        : reply.send(gunzipSync(gzipped))
    })
  }
}

function renderShell(version: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Payonce API</title>
</head>
<body>
<noscript>The reference is drawn by a script of this server; as data it is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script id="api-reference" data-configuration="${escapeHtml(JSON.stringify(configuration))}"></script>
<script src="/docs/reference.js?v=${encodeURIComponent(version)}"></script>
</body>
</html>
`
}
