import type { AttemptStep } from '../../domain/attempt.ts'
import type { Asked, ProviderParams, ProviderRequest } from '../provider.ts'
import { toStripeAmount } from './amounts.ts'
import { operationMetadataKey, referenceMetadataKey } from './handlers/operation.ts'

/** What is sent to Stripe for a step. The same question gives the same bytes, also after a restore. */
export function buildRequest(
  step: AttemptStep,
  asked: Asked,
  paymentReference: string | undefined,
): ProviderRequest {
  const operation = { [operationMetadataKey]: asked.operationId }
  if (step === 'create')
    return { path: '/v1/payment_intents', params: createParams(asked, operation) }
  if (paymentReference === undefined) throw new Error(`${step} needs the id of the payment intent`)
  if (step === 'refund') {
    const params = present({
      // A payment adopted from a charge that has no intent is known by the charge.
      [paymentReference.startsWith('pi_') ? 'payment_intent' : 'charge']: paymentReference,
      amount: amountOf(asked),
      reason: asked.reason,
      metadata: operation,
    })
    return { path: '/v1/refunds', params }
  }
  const path = `/v1/payment_intents/${encodeURIComponent(paymentReference)}/${step}`
  switch (step) {
    case 'confirm':
      return {
        path,
        params: present({ payment_method: asked.paymentMethod, return_url: asked.returnUrl }),
      }
    case 'capture':
      return { path, params: present({ amount_to_capture: amountOf(asked) }) }
    case 'cancel':
      return { path, params: present({ cancellation_reason: asked.reason }) }
  }
}

function createParams(asked: Asked, operation: Record<string, string>): ProviderParams {
  return present({
    amount: amountOf(asked),
    currency: asked.currency.toLowerCase(),
    // Cards only: whether a payment can be confirmed does not depend on what a dashboard has switched on.
    allowed_payment_method_types: ['card'],
    payment_method: asked.paymentMethod,
    confirm: asked.confirm ? true : undefined,
    capture_method: asked.captureMethod,
    description: asked.description,
    return_url: asked.confirm ? asked.returnUrl : undefined,
    metadata: {
      ...asked.metadata,
      ...(asked.reference !== undefined && { [referenceMetadataKey]: asked.reference }),
      ...operation,
    },
  })
}

/** @throws RangeError when Stripe does not count so exactly */
function amountOf({ amountMinor, currency }: Asked): number | undefined {
  return amountMinor === undefined ? undefined : Number(toStripeAmount(amountMinor, currency))
}

function present(params: { [name: string]: ProviderParams[string] | undefined }): ProviderParams {
  const entries = Object.entries(params).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as ProviderParams
}
