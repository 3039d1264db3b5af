import { type PaymentStatus, paymentStatuses } from '../domain/payment.ts'
import { presentPayment } from '../payments/present-payment.ts'
import { listPayments } from '../store/payments.ts'
import { formatTable } from './format-table.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { openScope } from './open-scope.ts'
import { readRange } from './read-options.ts'
import { noteNextPage, readPageOptions } from './read-page.ts'
import { amountOf } from './render-amount.ts'
import { shownTime } from './render-event.ts'
import { styledPaymentStatus } from './render-timeline.ts'
import { pageOptions, scopeOptions, timeOptions } from './shared-options.ts'

export const paymentsListCommand = defineCommand({
  name: 'payments list',
  summary: 'List payments, newest first.',
  options: {
    status: {
      summary: 'payments in this state; failed also finds declined ones that may be tried again',
      value: '<status>',
      choices: paymentStatuses,
    },
    user: { summary: 'payments of this customer', value: '<id>' },
    ...timeOptions,
    ...pageOptions,
    ...scopeOptions,
  },
  examples: [
    ['payonce payments list --status failed --from 24h', 'declines of the last day'],
    ['payonce payments list --limit 100 --json', 'for a program'],
  ],
  run: async (call) => {
    const { values, output } = call
    const { from, to } = readRange(values)
    const page = readPageOptions('payment', values)
    const { database, scope } = await openScope(call)
    const status = values.status as PaymentStatus | undefined
    const filter = { userId: values.user, status, createdFrom: from, createdTo: to }
    const { items, nextCursor } = await listPayments(database, scope, filter, page)
    if (output.json) {
      output.document({ items: items.map(presentPayment), next_before: nextCursor ?? null })
      return exitCodes.done
    }
    if (items.length === 0) output.line('No payments.')
    else {
      const rows = items.map((payment) => [
        shownTime(payment.createdAt),
        payment.id,
        { styled: styledPaymentStatus(payment.status, output) },
        amountOf(payment.amountMinor, payment.currency),
        amountOf(payment.receivedMinor, payment.currency),
        amountOf(payment.refundedMinor, payment.currency),
        payment.currency,
        payment.providerReference ?? '',
      ])
      const amounts = ['AMOUNT', 'RECEIVED', 'REFUNDED']
      const header = ['CREATED', 'ID', 'STATUS', ...amounts, 'CURRENCY', 'PROVIDER REFERENCE']
      output.line(formatTable(header, rows, amounts))
    }
    noteNextPage(output, nextCursor)
    return exitCodes.done
  },
})
