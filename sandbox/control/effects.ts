/** Every real effect, once: what moved or held money, in a short form of its own. */
import type { Books } from '../store/books.ts'
import type { Version } from '../store/records.ts'
import { effectForm } from './effect-form.ts'

const kinds = {
  charges: 'charge',
  refunds: 'refund',
  disputes: 'dispute',
  payouts: 'payout',
  balance_transactions: 'balance_transaction',
} as const

/** A piece of text at a time, since there may be a hundred thousand of them. */
export function* writeEffects({ state }: Books): Generator<string> {
  yield '{'
  for (const [index, [name, kind]] of Object.entries(kinds).entries()) {
    yield `${index === 0 ? '' : ','}"${name}":[`
    let isFirst = true
    for (const record of state.oldest(kind)) {
      const form = effectForm({ kind, record } as Version)
      if (form === undefined) continue
      yield (isFirst ? '' : ',') + JSON.stringify(form)
      isFirst = false
    }
    yield ']'
  }
  yield '}'
}
