import type { FinalAttemptStatus, OpenReason } from '../domain/attempt.ts'
import type { PaymentError } from '../domain/payment.ts'
import type { ProviderObject } from '../domain/provider-object.ts'
import { ObjectView } from '../domain/provider-object.ts'
import type { PaymentAttemptRow } from '../store/rows.ts'

/** What is now known of an attempt. */
export type Verdict =
  | { status: FinalAttemptStatus; error: PaymentError | null; providerReference: string | null }
  | { status: 'unknown' | 'created'; reason: OpenReason; delaySeconds: number }
  /** the facts that came along decide; when they do not, it stays unknown */
  | {
      status: 'ask_facts'
      reason: OpenReason
      delaySeconds: number
      /** what it is when they do not: the provider refused, and only a thing done already would explain that */
      refusal?: PaymentError
    }

/**
 * What the facts of a payment say of one of its attempts, whoever told them; undefined when they say nothing yet.
 * A status counts as an answer to what was asked only if it is newer than everything known when it was asked.
 */
export function verdictFromFacts(
  attempt: PaymentAttemptRow,
  objects: ReadonlyMap<string, ProviderObject>,
): Verdict | undefined {
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

function confirmVerdict(attempt: PaymentAttemptRow, intent: ObjectView): Verdict | undefined {
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
      return isNewer && error !== null ? { status: 'declined', error, ...known } : undefined
    }
    case 'canceled':
      return refused(intent, 'payment_already_canceled')
    default:
      return undefined
  }
}

/** Captured, but not as we asked: somebody else was first. */
function captureVerdict(attempt: PaymentAttemptRow, intent: ObjectView): Verdict {
  return intent.amount('received') === attempt.amountMinor
    ? { status: 'succeeded', error: null, providerReference: intent.reference }
    : refused(intent, 'payment_already_captured')
}

function refundVerdict(refund: ObjectView): Verdict {
  const gaveBack = refund.text('status') === 'failed' || refund.text('status') === 'canceled'
  const error = gaveBack ? errorOf(refund.text('failure_reason') ?? 'refund_failed') : null
  return { status: gaveBack ? 'failed' : 'succeeded', error, providerReference: refund.reference }
}

function refused(intent: ObjectView, code: string): Verdict {
  return { status: 'failed', error: errorOf(code), providerReference: intent.reference }
}

function errorOf(code: string): PaymentError {
  return { code, decline_code: null, message: null, retryable: false }
}
