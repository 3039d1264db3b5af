import type { ProviderRequest } from '../providers/provider.ts'
import type { PaymentAttemptRow, PaymentRow } from '../store/rows.ts'

/**
 * Whether the provider's own object keeps a request from taking effect twice, whatever its key: an intent succeeds once, is
 * captured once and is canceled once, and more than was received is never given back, so all that is left, or more than half
 * of all, is given back once. Only then may a request whose outcome is not known be sent under another key, or where keys
 * are ignored.
 */
export function isBoundedByProvider(
  { step, amountMinor, request }: Pick<PaymentAttemptRow, 'step' | 'amountMinor' | 'request'>,
  { receivedMinor }: Pick<PaymentRow, 'receivedMinor'>,
): boolean {
  switch (step) {
    case 'confirm':
    case 'capture':
    case 'cancel':
      return true
    case 'refund':
      return asksForAllThatIsLeft(request) || 2n * amountMinor > receivedMinor
    case 'create':
      return false
  }
}

function asksForAllThatIsLeft(request: string): boolean {
  return !('amount' in (JSON.parse(request) as ProviderRequest).params)
}
