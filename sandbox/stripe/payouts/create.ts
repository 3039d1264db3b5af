import { assertUnit, readCurrency } from '../../currencies.ts'
import { sumBalance } from '../balance/retrieve.ts'
import { invalid, refused } from '../errors.ts'
import { operation, show } from '../operation.ts'
import { startPayout } from './start-payout.ts'

const roundedPayouts = new Set(['huf', 'twd'])

export const createPayout = operation({
  name: 'payouts.create',
  method: 'POST',
  path: '/v1/payouts',
  read: (params) => {
    const amount = params.integer('amount')
    const currency = readCurrency(params.required('currency'))
    params.ignore('source_type', 'payout_method')
    if (amount === undefined || amount < 1)
      throw invalid('Invalid positive integer', 'amount', 'parameter_invalid_integer')
    assertUnit(amount, currency)
    if (roundedPayouts.has(currency) && amount % 100 !== 0)
      throw invalid(`Payouts in ${currency} must be a multiple of 100.`, 'amount')
    return {
      amount,
      currency,
      method: params.choice('method', ['standard', 'instant']) ?? 'standard',
      destination: params.text('destination'),
      metadata: params.metadata() ?? {},
      extra: params.extra('description', 'statement_descriptor'),
    }
  },
  run: (tx, { destination = 'ba_sandbox', ...input }) => {
    const available = sumBalance(tx).available.get(input.currency) ?? 0
    if (input.amount > available)
      throw refused(
        `You have insufficient funds in your Stripe account for this transfer: ${available} ${input.currency} are available.`,
        'balance_insufficient',
      )
    return show('payout', startPayout(tx, { ...input, destination, automatic: false }))
  },
})
