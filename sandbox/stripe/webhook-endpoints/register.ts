import type { Books } from '../../store/books.ts'

/** The endpoint of whoever opens the sandbox, unless the journal has it from an earlier run. */
export async function registerEndpoint(
  books: Books,
  url: string | undefined,
  secret: string | undefined,
): Promise<void> {
  if (url === undefined) return
  if (secret === undefined) throw new Error('a webhook URL needs its secret')
  for (const endpoint of books.state.oldest('webhook_endpoint'))
    if (endpoint.url === url && endpoint.secret === secret && !endpoint.deleted) return
  const tx = books.begin()
  tx.create('webhook_endpoint', {
    url,
    secret,
    types: ['*'],
    enabled: true,
    deleted: false,
    description: null,
    apiVersion: null,
    metadata: {},
  })
  await books.commit(tx.finish())
}
