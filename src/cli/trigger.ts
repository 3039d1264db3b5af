import { randomBytes } from 'node:crypto'
import { getPayment } from './find-payment.ts'
import { type Call, defineCommand } from './frame/command.ts'
import { exitCodes } from './frame/exit-codes.ts'
import { UsageError } from './frame/failures.ts'
import type { Output } from './frame/output.ts'
import { printable } from './frame/printable.ts'
import { openScope } from './open-scope.ts'
import { readCount, readCurrency } from './read-options.ts'
import { deliver, signingSecret, webhookAddress } from './running-instance.ts'
import { instanceOptions, scopeOptions } from './shared-options.ts'
import { asStripeCounts, type Told } from './trigger/objects.ts'
import { setPath } from './trigger/set-path.ts'
import { type StripeEventBody, storyOf, storyTypes } from './trigger/stories.ts'
import { tellOfPayment } from './trigger/tell-of-payment.ts'

/** The largest amount Stripe takes. */
const AMOUNT_MAX = 99_999_999
const AMOUNT_DEFAULT = 1_000

const options = {
  amount: {
    summary:
      'minor units of the payment, 1000 by default; with --payment, what is refunded or disputed, by default the rest',
    value: '<minor units>',
  },
  currency: { summary: 'ISO 4217 code of a new payment', value: '<code>', fallback: 'USD' },
  payment: {
    summary: 'tell of this payment, by its id or a reference of the provider, instead of a new one',
    value: '<id>',
  },
  set: {
    summary: 'change the last event: data.object.metadata.order_id=42',
    value: '<path=value>',
    multiple: true,
  },
  twice: { summary: 'deliver every event twice, to see it count once' },
  ...scopeOptions,
  ...instanceOptions,
} as const

export const triggerCommand = defineCommand({
  name: 'trigger',
  summary: 'Send a truly signed Stripe event, and what comes before it, to the running instance.',
  description:
    'It tells a small story that ends with an event of that type, each event signed as Stripe signs, so that trying something needs no Stripe account. With --payment only the last part is told, about a payment that is there.',
  positionals: [{ name: 'type', summary: 'type of the last event', choices: storyTypes }],
  options,
  examples: [
    ['payonce trigger payment_intent.succeeded --amount 4200 --currency EUR', 'a payment'],
    ['payonce trigger charge.refunded --payment pi_… --amount 500', 'refund a part of it'],
    ['payonce trigger charge.dispute.closed --set data.object.status=won', 'a dispute that is won'],
    ['payonce trigger payment_intent.succeeded --twice', 'every event twice; it counts once'],
  ],
  run: async (call) => {
    const { values, output } = call
    const type = call.positionals[0] ?? ''
    const told = asStripeCounts(await tell(call, type))
    const story = storyOf(type, told, { whole: values.payment === undefined })
    const last = story.at(-1)
    if (last !== undefined) for (const assignment of values.set) setPath(last, assignment)
    const secret = await signingSecret(call)
    const address = await webhookAddress(call, values)
    const atSeconds = told.createdAtSeconds
    for (const event of story.flatMap((one) => (values.twice ? [one, one] : [one]))) {
      const body = Buffer.from(JSON.stringify(event))
      const answer = await deliver(call, { address, secret, body, atSeconds })
      const isAccepted = answer.status >= 200 && answer.status < 300
      tellAnswer(output, event, { ...answer, isAccepted })
      if (!isAccepted) return exitCodes.failed
    }
    const hint = /^payout\./.test(type)
      ? `npx payonce events show ${last?.id}`
      : `npx payonce payments show ${told.intent ?? told.charge}`
    if (!output.json) output.note(`See what came of it: ${hint}`)
    return exitCodes.done
  },
})

/** In the units of the currency, as a person counts them. */
async function tell(call: Call<typeof options>, type: string): Promise<Told> {
  const { values } = call
  const bounds = { min: 1, max: AMOUNT_MAX }
  const amount =
    values.amount === undefined ? undefined : readCount('--amount', values.amount, bounds)
  const currency = readCurrency('--currency', values.currency) ?? 'USD'
  if (values.live && values.test) throw new UsageError('--live and --test exclude each other')
  const tag = randomBytes(9).toString('hex')
  const createdAtSeconds = Math.floor(Date.now() / 1000)
  if (values.payment === undefined) {
    const paid = amount ?? AMOUNT_DEFAULT
    return {
      tag,
      intent: `pi_${tag}`,
      charge: `ch_${tag}`,
      currency: currency.toLowerCase(),
      amount: paid,
      moved: paid,
      refundedBefore: 0,
      createdAtSeconds,
      livemode: values.live,
    }
  }
  const opened = await openScope({ ...call, output: { ...call.output, json: true } })
  const payment = await getPayment(opened.database, opened.scope, values.payment)
  return tellOfPayment(opened, payment, { type, amount, tag, createdAtSeconds })
}

function tellAnswer(
  output: Output,
  event: StripeEventBody,
  answer: { status: number; code: string | undefined; text: string; isAccepted: boolean },
): void {
  const { status, code, text, isAccepted } = answer
  if (output.json) {
    output.item({ id: event.id, type: event.type, status, code: code ?? null, answer: text })
    return
  }
  const styled = output.style(isAccepted ? 'green' : 'red', String(status))
  output.line(`${styled}  ${event.type.padEnd(32)} ${event.id}  ${printable(text.trim())}`)
  if (code !== undefined) output.note(`npx payonce explain ${code} tells more.`)
}
