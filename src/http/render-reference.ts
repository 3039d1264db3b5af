/** The HTTP reference as one page without scripts, from the OpenAPI document. */
type Node = { [key: string]: unknown }

const methods = ['get', 'post', 'put', 'patch', 'delete']

export function renderReference(document: object): string {
  const { info, paths } = document as { info?: Node; paths?: Record<string, Node> }
  const operations = Object.entries(paths ?? {}).flatMap(([path, operations]) =>
    methods.flatMap((method) => {
      const operation = nodeOf(operations[method])
      return operation === undefined ? [] : [renderOperation(method, path, operation)]
    }),
  )
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(info?.title)} API</title>
<style>
body { font: 1rem/1.5 system-ui; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
table { border-collapse: collapse } td { padding: .1rem 1rem .1rem 0; vertical-align: top }
details { margin: .5rem 0 } summary { cursor: pointer }
</style>
</head>
<body>
<h1>${escapeHtml(info?.title)} API</h1>
<p>${escapeHtml(info?.description)} Version ${escapeHtml(info?.version)}.
Machine-readable: <a href="/openapi.json">/openapi.json</a>.</p>
${operations.join('\n')}
</body>
</html>
`
}

function renderOperation(method: string, path: string, operation: Node): string {
  const parameters = listOf(operation.parameters).map((parameter) => {
    const schema = nodeOf(parameter.schema)
    return [
      `${text(parameter.name)} (${text(parameter.in)})`,
      typeOf(schema),
      parameter.description,
    ]
  })
  const responses = Object.entries(nodeOf(operation.responses) ?? {}).map(([status, response]) => {
    const content = nodeOf(nodeOf(response)?.content)
    const [media, body] = Object.entries(content ?? {})[0] ?? []
    const fields = media === undefined ? '' : renderFields(nodeOf(nodeOf(body)?.schema))
    return `<h3>${escapeHtml(status)} ${escapeHtml(media)}</h3>${fields}`
  })
  return `<details>
<summary><code>${method.toUpperCase()} ${escapeHtml(path)}</code> ${escapeHtml(operation.summary)}</summary>
${parameters.length === 0 ? '' : `<h3>Parameters</h3>${renderTable(parameters)}`}
${responses.join('\n')}
</details>`
}

function renderFields(schema: Node | undefined, prefix = ''): string {
  const rows = fieldRows(schema, prefix)
  return rows.length === 0 ? '' : renderTable(rows)
}

/** Nested fields by their path; items of a list under `[]`. */
function fieldRows(schema: Node | undefined, prefix: string): unknown[][] {
  const items = nodeOf(schema?.items)
  if (items !== undefined) return fieldRows(items, `${prefix}[]`)
  return Object.entries(nodeOf(schema?.properties) ?? {}).flatMap(([name, value]) => {
    const field = nodeOf(value)
    const path = prefix === '' ? name : `${prefix}.${name}`
    return [[path, typeOf(field), field?.description], ...fieldRows(field, path)]
  })
}

function renderTable(rows: unknown[][]): string {
  const cells = (row: unknown[]) => row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')
  return `<table>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('')}</table>`
}

function typeOf(schema: Node | undefined): string {
  const choices = Array.isArray(schema?.enum) ? schema.enum.join(' | ') : undefined
  return choices ?? [schema?.type ?? ''].flat().join(' | ')
}

function nodeOf(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null ? (value as Node) : undefined
}

function listOf(value: unknown): Node[] {
  if (!Array.isArray(value)) return []
  return value.map(nodeOf).filter((item) => item !== undefined)
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function escapeHtml(value: unknown): string {
  return text(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
