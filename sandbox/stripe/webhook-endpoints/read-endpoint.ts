import type { Params } from '../../http/params.ts'
import { invalid } from '../errors.ts'

export function readUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw invalid('Invalid URL: An explicit scheme (such as https) must be provided.', 'url')
  return url
}

export function readTypes(params: Params): readonly string[] | undefined {
  const types = params.list('enabled_events')
  if (types?.length === 0) throw invalid('At least one event type is needed.', 'enabled_events')
  return types
}
