/**
 * Histories as Stripe tells them: one payment's events in true order, with the truth they must add up to.
 * Same-second ties, mixed API versions, partial captures, failed refunds, disputes in every outcome.
 */
import type { Random } from './random.ts'

export type StripeEventBody = {
  id: string
  object: 'event'
  type: string
  created: number
  livemode: boolean
  api_version: string
  pending_webhooks: number
  data: { object: Record<string, unknown> }
}
export type Truth = {
  currency: string
  captured: bigint
  refunded: bigint
  disputed: bigint
  fees: bigint
  status: string
}
export type History = { events: StripeEventBody[]; truth: Truth; intent: string }

const currencies = ['usd', 'eur', 'jpy', 'kwd']

/** @param mixesVersions true: each event is of a version that may not tell which charge and intent belong together */
export function makeHistory(random: Random, index: number, mixesVersions = false): History {
  return new HistoryMaker(random, index, mixesVersions).make()
}

type Refund = { id: string; amount: number; status: string; created: number }

class HistoryMaker {
  private readonly events: StripeEventBody[] = []
  private at: number
  private count = 0
  private readonly random: Random
  private readonly index: number
  private readonly intent: string
  private readonly charge: string
  private readonly amount: number
  private readonly currency: string
  private readonly embedsCharges: boolean
  private readonly manual: boolean
  private readonly mixesVersions: boolean
  private isLinkTold = false
  private captured = 0
  private fee = 0
  private feeKnown = false
  private readonly refunds: Refund[] = []
  private disputed = 0
  private disputeFee = 0
  private status = 'requires_payment_method'
  private error: object | null = null

  constructor(random: Random, index: number, mixesVersions: boolean) {
    this.mixesVersions = mixesVersions
    this.random = random
    this.index = index
    const tag = `${index.toString(36)}${random.below(1e9).toString(36)}`
    this.intent = `pi_${tag}`
    this.charge = `ch_${tag}`
    this.amount = 100 + random.below(50_000) * 10
    this.currency = currencies[random.below(currencies.length)] as string
    this.embedsCharges = random.chance(0.3)
    this.manual = random.chance(0.25)
    this.at = 1_750_000_000 + random.below(200 * 86_400)
  }

  make(): History {
    this.tellIntent('payment_intent.created')
    if (this.random.chance(0.2)) this.decline()
    if (this.random.chance(0.2)) this.move('requires_action', 'payment_intent.requires_action')
    if (this.random.chance(0.2)) this.move('processing', 'payment_intent.processing')
    if (this.random.chance(0.08)) this.move('canceled', 'payment_intent.canceled')
    else if (this.random.chance(0.95)) this.pay()
    // Nothing can tell that two payments are one when no event ever names both.
    if (this.mixesVersions && this.captured > 0 && !this.isLinkTold) {
      this.tell('charge.updated', { ...this.chargeObject({}), payment_intent: this.intent })
    }
    return {
      events: this.events,
      intent: this.intent,
      truth: {
        currency: this.currency.toUpperCase(),
        captured: BigInt(this.captured),
        refunded: BigInt(this.refundedInForce()),
        disputed: BigInt(this.disputed),
        fees: BigInt((this.feeKnown ? this.fee : 0) + this.disputeFee),
        status: this.status,
      },
    }
  }

  private pay(): void {
    if (this.manual) {
      this.status = 'requires_capture'
      this.tellCharge('charge.succeeded', { captured: false })
      this.tellIntent('payment_intent.amount_capturable_updated')
      if (this.random.chance(0.15)) return
      if (this.random.chance(0.15)) {
        this.release()
        return
      }
      if (this.random.chance(0.15)) this.takeTimeToCapture()
      this.captured = this.random.chance(0.5) ? this.amount : 1 + this.random.below(this.amount)
      this.status = 'succeeded'
      this.tellCharge('charge.captured')
    } else {
      this.captured = this.amount
      this.status = 'succeeded'
      this.tellCharge('charge.succeeded')
    }
    this.error = null
    this.tellIntent('payment_intent.succeeded')
    if (this.random.chance(0.3)) this.tellSession()
    if (this.random.chance(0.4)) {
      // Some are free: a fee of zero is told and books nothing.
      this.fee = this.amount % 70 === 0 ? 0 : Math.round(this.captured * 0.029) + 1
      this.feeKnown = true
      this.tellCharge('charge.updated')
    }
    const refundCount = this.random.chance(0.4) ? 1 + this.random.below(3) : 0
    for (let n = 0; n < refundCount; n++) this.refund(n)
    if (this.random.chance(0.15)) this.dispute()
  }

  /** Some methods do; what holds the money is left in a second of its own. */
  private takeTimeToCapture(): void {
    this.at += 1
    this.move('processing', 'payment_intent.processing')
  }

  private release(): void {
    this.status = 'canceled'
    this.tell('charge.refunded', {
      ...this.chargeObject({ captured: false }),
      ...{ amount_refunded: this.amount, refunded: true },
    })
    this.tellIntent('payment_intent.canceled')
  }

  private refund(n: number): void {
    const left = this.captured - this.refundedInForce()
    if (left <= 0) return
    const refund: Refund = {
      id: `re_${this.intent.slice(3)}_${n}`,
      amount: this.random.chance(0.3) ? left : 1 + this.random.below(left),
      status: this.random.chance(0.3) ? 'pending' : 'succeeded',
      created: this.later(),
    }
    this.refunds.push(refund)
    // Since late 2022 either kind may come alone; both must add up to one refund.
    const tells = this.random.below(3)
    if (tells !== 1) this.tellRefund('refund.created', refund)
    if (tells !== 0) this.tellCharge('charge.refunded')
    if (tells === 1) this.tellRefund('charge.refund.updated', refund)
    if (this.random.chance(0.2)) {
      refund.status = 'failed'
      this.tellRefund('refund.failed', refund)
      if (this.random.chance(0.5)) this.tellCharge('charge.updated')
    } else if (refund.status === 'pending') {
      refund.status = 'succeeded'
      this.tellRefund('refund.updated', refund)
    }
  }

  private dispute(): void {
    const id = `dp_${this.intent.slice(3)}`
    const amount = this.random.chance(0.7) ? this.captured : 1 + this.random.below(this.captured)
    const link = this.random.chance(0.5) ? this.linkOf('payment_intent', this.intent) : {}
    const warning = this.random.chance(0.2)
    const transactions: object[] = []
    const tell = (type: string, status: string) =>
      this.tell(type, {
        id,
        object: 'dispute',
        amount,
        currency: this.currency,
        charge: this.charge,
        ...link,
        reason: 'fraudulent',
        status,
        balance_transactions: transactions,
        evidence_details: { due_by: this.at + 86_400 },
      })
    if (warning) {
      tell('charge.dispute.created', 'warning_needs_response')
      if (this.random.chance(0.5)) tell('charge.dispute.closed', 'warning_closed')
      return
    }
    tell('charge.dispute.created', 'needs_response')
    this.disputed = amount
    this.disputeFee = 1500
    transactions.push({
      id: `txn_dp_${this.intent.slice(3)}`,
      amount: -amount,
      fee: 1500,
      currency: this.currency,
      created: this.at,
    })
    tell('charge.dispute.funds_withdrawn', 'needs_response')
    if (this.random.chance(0.5)) tell('charge.dispute.updated', 'under_review')
    const outcome = this.random.below(3)
    if (outcome === 0) return
    if (outcome === 1) this.disputed = 0
    tell('charge.dispute.closed', outcome === 1 ? 'won' : 'lost')
    if (outcome === 1) tell('charge.dispute.funds_reinstated', 'won')
  }

  private decline(): void {
    this.error = { code: 'card_declined', decline_code: 'insufficient_funds', message: 'No.' }
    this.tell('charge.failed', {
      ...this.chargeObject({}),
      id: `${this.charge}_f`,
      status: 'failed',
      paid: false,
      captured: false,
      amount_captured: 0,
    })
    this.tellIntent('payment_intent.payment_failed')
    // A customer does not confirm again within the second of a decline; a decline within the second of a
    // confirmation is what the status rank is made for.
    this.at += 1
  }

  private move(status: string, type: string): void {
    this.status = status
    if (status !== 'requires_payment_method') this.error = null
    this.tellIntent(type)
  }

  private tellSession(): void {
    this.tell('checkout.session.completed', {
      id: `cs_${this.intent.slice(3)}`,
      object: 'checkout.session',
      payment_intent: this.intent,
      status: 'complete',
      payment_status: 'paid',
      mode: 'payment',
    })
  }

  private tellIntent(type: string): void {
    const succeeded = this.status === 'succeeded'
    const charged = succeeded || this.status === 'requires_capture'
    this.tell(type, {
      id: this.intent,
      object: 'payment_intent',
      amount: this.amount,
      currency: this.currency,
      status: this.status,
      capture_method: this.manual ? 'manual' : 'automatic',
      amount_capturable: this.status === 'requires_capture' ? this.amount : 0,
      // Old payloads lack it; a partial capture would be untellable without it.
      ...(this.embedsCharges && this.captured === this.amount
        ? {}
        : { amount_received: this.captured }),
      last_payment_error: this.error,
      metadata: { order_id: `order_${this.index}` },
      ...(charged ? this.chargeOfIntent(succeeded) : {}),
    })
  }

  private chargeOfIntent(captured: boolean): Record<string, unknown> {
    if (!this.embedsCharges) return this.linkOf('latest_charge', this.charge)
    return this.linkOf('charges', { object: 'list', data: [this.chargeObject({ captured })] })
  }

  /** The field that tells which charge and intent belong together, unless the event's version lacks it. */
  private linkOf(field: string, value: unknown): Record<string, unknown> {
    if (this.mixesVersions && this.random.chance(0.6)) return {}
    this.isLinkTold = true
    return { [field]: value }
  }

  private tellCharge(type: string, options: { captured?: boolean } = {}): void {
    this.tell(type, this.chargeObject(options))
  }

  private chargeObject(options: { captured?: boolean }): Record<string, unknown> {
    const captured = options.captured ?? true
    const released = captured ? this.amount - this.captured : 0
    return {
      id: this.charge,
      object: 'charge',
      ...this.linkOf('payment_intent', this.intent),
      amount: this.amount,
      amount_captured: captured ? this.captured : 0,
      amount_refunded: this.refundedInForce() + released,
      currency: this.currency,
      captured,
      paid: true,
      refunded: this.captured > 0 && this.refundedInForce() === this.captured,
      status: 'succeeded',
      balance_transaction: this.feeKnown
        ? {
            id: `txn_${this.intent.slice(3)}`,
            amount: this.captured,
            fee: this.fee,
            currency: this.currency,
            created: this.at,
          }
        : null,
    }
  }

  private tellRefund(type: string, refund: Refund): void {
    this.tell(type, {
      id: refund.id,
      object: 'refund',
      amount: refund.amount,
      currency: this.currency,
      charge: this.charge,
      ...this.linkOf('payment_intent', this.intent),
      status: refund.status,
      created: refund.created,
      reason: 'requested_by_customer',
    })
  }

  private refundedInForce(): number {
    return this.refunds
      .filter((refund) => refund.status !== 'failed')
      .reduce((sum, refund) => sum + refund.amount, 0)
  }

  private tell(type: string, object: Record<string, unknown>): void {
    this.events.push({
      id: `evt_${this.intent.slice(3)}_${(this.count++).toString(36)}`,
      object: 'event',
      type,
      created: this.later(),
      livemode: false,
      api_version: this.embedsCharges ? '2020-08-27' : '2026-10-28.endive',
      pending_webhooks: 1,
      data: { object: structuredClone(object) },
    })
  }

  /** Often the same second: an event's time says little about its order. */
  private later(): number {
    this.at += this.random.chance(0.6) ? 0 : 1 + this.random.below(3)
    return this.at
  }
}
