/** The shell of pages served under `/docs`: no scripts, nothing from elsewhere. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const

const style = `
:root { color-scheme: light dark; --line: #d8dee6; --soft: #f5f7fa; --dim: #5a6572; --text: #17202b; --back: #fff;
  --accent: #1452cc; --bad: #b42318; --warn: #9a5b00 }
@media (prefers-color-scheme: dark) { :root { --line: #2c3642; --soft: #161d26; --dim: #95a2b2; --text: #e7edf4;
  --back: #0e131a; --accent: #7fb0ff; --bad: #ff9a8f; --warn: #f3c06b } }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.6 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--text); background: var(--back) }
header { border-bottom: 1px solid var(--line) }
header div, main { max-width: 46rem; margin: 0 auto; padding: 1rem 1.5rem }
header div { display: flex; gap: 1.5rem; align-items: baseline }
header strong { margin-right: auto; letter-spacing: .01em }
a { color: var(--accent); text-decoration: none } a:hover { text-decoration: underline }
main { padding-top: 2rem; padding-bottom: 4rem }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .6rem 0 1.4rem; text-wrap: balance }
h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .07em; color: var(--dim); margin: 2rem 0 .4rem }
p { margin: .3rem 0 }
code, pre { font: .875rem/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere }
.tags { display: flex; gap: .5rem; flex-wrap: wrap; margin: 0 }
.tag { border: 1px solid var(--line); border-radius: 999px; padding: .1rem .7rem; font-size: .85rem }
.tag.caller { color: var(--warn) } .tag.ours { color: var(--bad) }
table { border-collapse: collapse; width: 100% } td { border-top: 1px solid var(--line); padding: .5rem .75rem .5rem 0; vertical-align: top }
td:first-child { color: var(--dim); width: 3.5rem }
`

export function renderPage(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Payonce</title>
<style>${style}</style>
</head>
<body>
<header><div><strong>Payonce</strong><a href="/docs">API reference</a><a href="/docs/errors">Errors</a></div></header>
<main>
${content}
</main>
</body>
</html>
`
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
