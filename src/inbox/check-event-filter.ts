import { DomainError } from '../domain/errors.ts'
import type { InboxEventFilter } from '../store/inbox-selection.ts'

/** @param at where the filter lies in a body, such as `filter/` @throws DomainError naming the field that makes no sense */
export function checkEventFilter(filter: InboxEventFilter, at = ''): void {
  const { status, reason, type, setAside } = filter
  const star = type?.indexOf('*') ?? -1
  if (type !== undefined && star >= 0 && star !== type.length - 1) {
    throw refusal(`/${at}type`, 'may have a * at its end only')
  }
  if (reason !== undefined && status !== 'ignored' && status !== 'dead') {
    throw refusal(`/${at}reason`, 'needs the status ignored or dead beside it')
  }
  if (setAside !== undefined && status !== 'dead') {
    throw refusal(`/${at}set_aside`, 'needs the status dead beside it')
  }
}

function refusal(pointer: string, detail: string): DomainError {
  return new DomainError('invalid_request', {
    public: `The request is not valid: ${pointer} ${detail}.`,
    errors: [{ pointer, detail }],
  })
}
