/** One error code for readers of three kinds: a person in a browser, a person at a terminal, a program. */
import { type ErrorCode, type ErrorEntry, errorCatalogue } from '../domain/errors.ts'
import { escapeHtml, renderPage } from './docs-page.ts'
import { exampleProblem, exampleRequest } from './error-examples.ts'

const SERVER_ERROR = 500

export function describeErrorCode(code: ErrorCode) {
  const { status, title, cause, fix, retryable }: ErrorEntry = errorCatalogue[code]
  const example = { request: exampleRequest(code), answer: exampleProblem(code) }
  return { code, status, title, cause, fix, retryable, example }
}

const repeatOf = (retryable: boolean) =>
  retryable ? 'The same request may succeed later.' : 'Repeating the same request will not help.'

export function errorCodeAsMarkdown(code: ErrorCode): string {
  const { status, title, cause, fix, retryable, example } = describeErrorCode(code)
  return `## \`${code}\`

${title}. HTTP ${status}.

${cause}

${fix} ${repeatOf(retryable)}

For example: ${example.request}.

\`\`\`json
${JSON.stringify(example.answer, null, 2)}
\`\`\`
`
}

export function errorCodeAsHtml(code: ErrorCode): string {
  const { status, title, cause, fix, retryable, example } = describeErrorCode(code)
  const whose = status >= SERVER_ERROR ? 'ours' : 'caller'
  return renderPage(
    title,
    `<p class="tags"><span class="tag ${whose}">HTTP ${status}</span><span class="tag"><code>${code}</code></span><span class="tag">${
      retryable ? 'a repeat may succeed' : 'a repeat will not help'
    }</span></p>
<h1>${escapeHtml(title)}</h1>
<h2>What happened</h2>
<p>${escapeHtml(cause)}</p>
<h2>How to mend it</h2>
<p>${escapeHtml(fix)}</p>
<p>${repeatOf(retryable)}</p>
<h2>Example</h2>
<p>${escapeHtml(example.request)}</p>
<pre>${escapeHtml(JSON.stringify(example.answer, null, 2))}</pre>
<h2>When you ask for help</h2>
<p>Give the <code>request_id</code> of your answer: the log lines of that request carry it.</p>`,
  )
}

export function allCodesAsHtml(codes: ErrorCode[]): string {
  // In the order of the column that stands first.
  const inOrder = codes.toSorted(
    (a, b) => errorCatalogue[a].status - errorCatalogue[b].status || (a < b ? -1 : 1),
  )
  const rows = inOrder.map((code) => {
    const { status, title } = errorCatalogue[code]
    return `<tr><td>${status}</td><td><a href="/docs/errors/${code}"><code>${code}</code></a></td><td>${escapeHtml(title)}</td></tr>`
  })
  return renderPage(
    'Error codes',
    `<h1>Error codes</h1>
<p>Every error is a problem (RFC 9457) whose <code>type</code> is one of these pages.</p>
<table>${rows.join('\n')}</table>`,
  )
}
