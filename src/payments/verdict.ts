import type { FinalAttemptStatus, OpenReason } from '../domain/attempt.ts'
import type { PaymentError } from '../domain/payment.ts'
import type { ProviderObject } from '../domain/provider-object.ts'
import { ObjectView } from '../domain/provider-object.ts'
import type { PaymentAttemptRow } from '../store/rows.ts'

/** What is now known of an attempt. */
export type Verdict =
  | {
      status: FinalAttemptStatus
      error: PaymentError | null
      providerReference: string | null
      /** it is asked for once more, under another key */
      isAskedAgain?: true
    }
  | { status: 'unknown' | 'created'; reason: OpenReason; delaySeconds: number }
  /** the facts that came along decide; when they do not, it stays unknown */
  | {
      status: 'ask_facts'
      reason: OpenReason
      delaySeconds: number
      /** what it is when they do not: the provider refused, and only a thing done already would explain that */
      refusal?: PaymentError
      /** set where what shows no effect, twice and with time between, proves that there was none */
      proof?: { isSecondLook: boolean; settleSeconds: number }
    }

type FinalVerdict = Extract<Verdict, { status: FinalAttemptStatus }>

/** Times one thing is asked for, each under a key of its own, before it is given up. */
const NUMBER_MAX = 3

/**
 * What the facts of a payment say of one of its attempts, whoever told them; undefined when they say nothing yet.
 * A status counts as an answer to what was asked only if it is newer than everything known when it was asked.
 */
export function verdictFromFacts(
  attempt: PaymentAttemptRow,
  objects: ReadonlyMap<string, ProviderObject>,
): FinalVerdict | undefined {
  const views = [...objects.values()].map((object) => ({
    kind: object.kind,
    view: new ObjectView(object),
  }))
  if (attempt.step === 'refund') {
    const refund = views.find(
      ({ kind, view }) => kind === 'refund' && view.text('operation') === attempt.operationId,
    )
    return refund === undefined ? undefined : refundVerdict(refund.view)
  }
  const intent = views.find(({ kind }) => kind === 'intent')?.view
  if (intent === undefined) return undefined
  const status = intent.text('status')
  const known = { error: null, providerReference: intent.reference }
  switch (attempt.step) {
    case 'create':
      return attempt.confirms ? confirmVerdict(attempt, intent) : { status: 'succeeded', ...known }
    case 'confirm':
      return confirmVerdict(attempt, intent)
    case 'capture':
      if (status === 'succeeded') return captureVerdict(attempt, intent)
      return status === 'canceled' ? refused(intent, 'payment_already_canceled') : undefined
    case 'cancel':
      if (status === 'canceled') return { status: 'succeeded', ...known }
      return status === 'succeeded' ? refused(intent, 'payment_already_succeeded') : undefined
  }
}

/** What a look that found no effect comes to. @param verdict told of a read, which `verdictFromFacts` says nothing of */
export function verdictWithoutEffect(
  attempt: PaymentAttemptRow,
  objects: ReadonlyMap<string, ProviderObject>,
  { reason, delaySeconds, refusal, proof }: Extract<Verdict, { status: 'ask_facts' }>,
): Exclude<Verdict, { status: 'ask_facts' }> {
  if (refusal !== undefined) return { status: 'failed', error: refusal, providerReference: null }
  if (proof === undefined || !isUntouched(attempt, objects)) {
    return { status: 'unknown', reason, delaySeconds }
  }
  if (!proof.isSecondLook) {
    return { status: 'unknown', reason: 'unchanged', delaySeconds: proof.settleSeconds }
  }
  const error = errorOf('provider_failed')
  const failed = { status: 'failed', error, providerReference: null } as const
  return attempt.number < NUMBER_MAX ? { ...failed, isAskedAgain: true } : failed
}

/** Whether what the request would change is there, in the state it was asked in. */
function isUntouched(
  { step }: PaymentAttemptRow,
  objects: ReadonlyMap<string, ProviderObject>,
): boolean {
  const intent = [...objects.values()].find(({ kind }) => kind === 'intent')
  const status = intent && new ObjectView(intent).text('status')
  switch (step) {
    case 'confirm':
      return status === 'requires_confirmation' || status === 'requires_payment_method'
    case 'capture':
      return status === 'requires_capture'
    case 'cancel':
      return status !== undefined && status !== 'processing'
    case 'refund':
      return true
    case 'create':
      return false
  }
}

function confirmVerdict(attempt: PaymentAttemptRow, intent: ObjectView): FinalVerdict | undefined {
  const known = { providerReference: intent.reference }
  const isNewer = BigInt(intent.toldAtSeconds('status') ?? 0) > attempt.knownAtSeconds
  switch (intent.text('status')) {
    case 'succeeded':
    case 'requires_capture':
      return { status: 'succeeded', error: null, ...known }
    case 'processing':
    case 'requires_action':
      return isNewer ? { status: 'succeeded', error: null, ...known } : undefined
    case 'requires_payment_method': {
      const error = (intent.object('last_error') as PaymentError | undefined) ?? null
      const isAnswer = error !== null && isNewer && isNewDecline(attempt, intent)
      return isAnswer ? { status: 'declined', error, ...known } : undefined
    }
    case 'canceled':
      return refused(intent, 'payment_already_canceled')
    default:
      return undefined
  }
}

/** A read tells an old decline once more; which charge was declined tells it from a new one. */
function isNewDecline(attempt: PaymentAttemptRow, intent: ObjectView): boolean {
  const charge = intent.text('declined_charge')
  if (charge === undefined) return true
  return BigInt(intent.since[`declined:${charge}`] ?? 0) > attempt.knownAtSeconds
}

/** Captured, but not as we asked: somebody else was first. */
function captureVerdict(attempt: PaymentAttemptRow, intent: ObjectView): FinalVerdict {
  return intent.amount('received') === attempt.amountMinor
    ? { status: 'succeeded', error: null, providerReference: intent.reference }
    : refused(intent, 'payment_already_captured')
}

function refundVerdict(refund: ObjectView): FinalVerdict {
  const gaveBack = refund.text('status') === 'failed' || refund.text('status') === 'canceled'
  const error = gaveBack ? errorOf(refund.text('failure_reason') ?? 'refund_failed') : null
  return { status: gaveBack ? 'failed' : 'succeeded', error, providerReference: refund.reference }
}

function refused(intent: ObjectView, code: string): FinalVerdict {
  return { status: 'failed', error: errorOf(code), providerReference: intent.reference }
}

function errorOf(code: string): PaymentError {
  return { code, decline_code: null, message: null, retryable: false }
}
