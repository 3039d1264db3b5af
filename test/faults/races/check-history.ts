/**
 * Checks what clients were told against what the provider did: as a set, where what was acknowledged is there and what
 * was refused is not; as a bank, where nobody takes or gives back more than there is; and for each key one answer.
 */
import type { Body } from '../../support/payments-app.ts'
import type { Call, Deed } from './history.ts'
import type { Truth } from './truth.ts'

export const claims = [
  'one key, one answer',
  'one effect at most',
  'acknowledged is done',
  'refused is not done',
  'every deed is decided',
  'one order, one payment',
  'a bank',
  'unique ids',
] as const
export type Claim = (typeof claims)[number]
export type Checked = { counts: Record<Claim, number>; findings: string[] }

/** @param calls of one round, asked again until every deed was decided */
export function checkHistory(calls: readonly Call[], truth: Truth): Checked {
  const counts = Object.fromEntries(claims.map((claim) => [claim, 0])) as Checked['counts']
  const findings: string[] = []
  const must = (claim: Claim, isSo: boolean, tell: () => string) => {
    counts[claim] += 1
    if (!isSo) findings.push(`${claim}: ${tell()}`)
  }
  const deeds = groupByDeed(calls)
  for (const [deed, answers] of deeds) {
    const ok = answers.filter(({ outcome }) => outcome === 'ok')
    const refused = answers.filter(({ outcome }) => outcome === 'fail')
    const tell = () =>
      JSON.stringify({ deed, told: answers.map(({ status, text }) => [status, text]) })
    if (deed.key !== undefined) {
      const texts = new Set(ok.map(({ status, text }) => `${status} ${text}`))
      // A request that was refused stored nothing: asked again when things have changed, it may be done.
      must('one key, one answer', texts.size <= 1, tell)
      must('every deed is decided', ok.length + refused.length > 0, tell)
    }
    // Without a key, and for an order that has a payment, another request may have done it.
    if (deed.key === undefined || deed.body.reference !== undefined) continue
    const count = truth.countOf(deed)
    must('one effect at most', count <= 1, () => `${count} of ${tell()}`)
    if (ok.length > 0) must('acknowledged is done', count === 1, tell)
    else if (refused.length > 0) must('refused is not done', count === 0, tell)
  }
  checkOrders(calls, truth, must)
  checkBank([...deeds], truth, must)
  checkIds([...deeds], must)
  return { counts, findings }
}

type Must = (claim: Claim, isSo: boolean, tell: () => string) => void

export function groupByDeed(calls: readonly Call[]): Map<Deed, Call[]> {
  const groups = new Map<Deed, Call[]>()
  for (const call of calls) groups.set(call.deed, [...(groups.get(call.deed) ?? []), call])
  return groups
}

/** Whatever keys it was asked for under, an order has one payment, and one charge. */
function checkOrders(calls: readonly Call[], truth: Truth, must: Must): void {
  const orders = Map.groupBy(
    calls.filter(({ deed }) => deed.body.reference !== undefined),
    ({ deed }) => `${deed.tenant.merchantId} ${deed.body.reference}`,
  )
  for (const [order, asked] of orders) {
    const ids = new Set(asked.flatMap(({ outcome, body }) => (outcome === 'ok' ? [body.id] : [])))
    must('one order, one payment', ids.size === 1, () => `${order}: ${[...ids]}`)
    const references = new Set(asked.flatMap(({ body }) => body.provider_reference ?? []))
    const count = truth.charges.filter((one) => references.has(one.payment_intent)).length
    must('one order, one payment', count === 1, () => `${order} was charged ${count} times`)
  }
}

/** For each payment: one of its captures and cancellations, and refunds within what was taken. */
function checkBank(deeds: [Deed, Call[]][], truth: Truth, must: Must): void {
  const onPayments = deeds.filter(([{ paymentId }]) => paymentId !== undefined)
  for (const [id = '', group] of Map.groupBy(onPayments, ([{ paymentId }]) => paymentId)) {
    const done = group.filter(([, answers]) => answers.some(({ outcome }) => outcome === 'ok'))
    const ended = done.filter(([{ kind }]) => kind === 'capture' || kind === 'cancel')
    const asked = group.some(([{ kind }]) => kind === 'capture' || kind === 'cancel')
    const tell = () => `${id}: ${JSON.stringify(done.map(([deed]) => deed))}`
    if (asked) must('a bank', ended.length === 1, tell)
    const charge = truth.chargeOf(id)
    if (charge === undefined) continue
    const refunds = truth.refunds.filter((one) => one.payment_intent === charge.payment_intent)
    const given = sumOf(refunds.map(({ amount }) => amount))
    const acknowledged = done.filter(([{ kind }]) => kind === 'refund')
    const told = sumOf(acknowledged.map(([, answers]) => amountIn(answers)))
    must('a bank', given <= charge.amount_captured, () => `${given} given back of ${tell()}`)
    must('a bank', given === told, () => `${given} given back, ${told} told: ${tell()}`)
  }
}

/** Two things that are not the same have not the same id. */
function checkIds(deeds: [Deed, Call[]][], must: Must): void {
  const made = deeds.filter(
    ([{ kind, body }]) => (kind === 'create' && body.reference === undefined) || kind === 'refund',
  )
  const owners = new Map<string, Deed>()
  for (const [deed, answers] of made) {
    const { body } = answers.find(({ outcome }) => outcome === 'ok') ?? {}
    const id: string | undefined = deed.kind === 'refund' ? body?.refund_id : body?.id
    if (id === undefined) continue
    must('unique ids', !owners.has(id), () => `${id} is two things`)
    owners.set(id, deed)
  }
}

const amountIn = (answers: Call[]): number =>
  answers.find(({ outcome }) => outcome === 'ok')?.body.amount_cents ?? 0

function sumOf(amounts: Body[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0)
}
