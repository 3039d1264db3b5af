import { isId } from '../domain/ids.ts'
import { explainNext } from '../payments/explain-next.ts'
import { presentPayment } from '../payments/present-payment.ts'
import { readTimeline } from '../payments/read-timeline.ts'
import { listDisputes } from '../store/disputes.ts'
import { getPayment } from './find-payment.ts'
import { defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { openScope } from './open-scope.ts'
import { renderTimeline } from './render-timeline.ts'
import { scopeOptions } from './shared-options.ts'

const DISPUTES_READ_MAX = 100

export const paymentsShowCommand = defineCommand({
  name: 'payments show',
  summary: 'Show a payment: why it is as it is, what happens next and when, and its whole history.',
  description:
    'AT is when Payonce received, changed or booked something. A journal entry also shows when it is in effect: the time the provider gives it, by which it counts in `payonce revenue` and in the journal.',
  positionals: [
    {
      name: 'id',
      summary:
        'its id (pay_...), a reference of the provider (pi_..., ch_..., re_...), or the reference it was created with',
    },
  ],
  options: scopeOptions,
  examples: [
    ['payonce payments show pi_1', 'by what Stripe calls it'],
    ['payonce payments show order_1', 'by your own reference of it'],
    [
      'payonce payments show pay_… --json',
      'the timeline of the API, with the payment and what is next',
    ],
  ],
  run: async (call) => {
    const { output } = call
    const { database, scope } = await openScope(call)
    const asked = call.positionals[0] ?? ''
    const payment = await getPayment(database, scope, asked)
    const partId = isId('payment', asked) && asked !== payment.id ? asked : null
    const timeline = await readTimeline(database, scope, payment)
    const page = { limit: DISPUTES_READ_MAX, before: undefined }
    const disputes = await listDisputes(database, scope, { paymentId: payment.id }, page)
    const next = explainNext(payment, timeline, disputes.items)
    if (output.json) {
      const told = { payment: presentPayment(payment), ...timeline, next }
      output.document({ asked_for_merged_payment_id: partId, ...told })
    } else {
      if (partId !== null) {
        output.line(`${partId} turned out to be part of ${payment.id}, which is shown.\n`)
      }
      output.line(renderTimeline(payment, timeline, { next, output }))
    }
    return exitCodes.done
  },
})
