/** What the provider did, by what it says itself, and which deed of a client each effect belongs to. */
import type { MerchantId } from '../../../src/domain/ids.ts'
import { operationIdOf } from '../../../src/payments/operation.ts'
import { operationMetadataKey } from '../../../src/providers/stripe/handlers/operation.ts'
import type { Body, PaymentsApp } from '../../support/payments-app.ts'
import type { Deed } from './history.ts'

export type Truth = {
  charges: Body[]
  refunds: Body[]
  /** how often this deed took effect */
  countOf(deed: Deed): number
  chargeOf(paymentId: string): Body | undefined
  isCanceled(paymentId: string): boolean
}

/** @param deeds those that will be asked for */
export async function readTruth(app: PaymentsApp, deeds: readonly Deed[]): Promise<Truth> {
  const { charges, refunds } = await app.effects()
  const ids = [...new Set(deeds.flatMap(({ paymentId }) => paymentId ?? []))]
  const rows = await app.sql(
    'select id, provider_reference as intent from payments where id = any($1)',
    [ids],
  )
  const intents = new Map<string, string>(rows.map(({ id, intent }) => [id, intent]))
  const canceled = new Set<string>()
  for (const { paymentId, kind } of deeds) {
    if (kind !== 'cancel' || paymentId === undefined || canceled.has(paymentId)) continue
    const intent = await readIntent(app, intents.get(paymentId) ?? '')
    if (intent.status === 'canceled') canceled.add(paymentId)
  }
  const chargeOf = (paymentId: string) =>
    charges.find((one: Body) => one.payment_intent === intents.get(paymentId))
  const isMadeBy = (deed: Deed) => (effect: Body) =>
    effect.metadata?.[operationMetadataKey] === operationOf(app, deed)
  return {
    charges,
    refunds,
    chargeOf,
    isCanceled: (paymentId) => canceled.has(paymentId),
    countOf: (deed) => {
      const { kind, paymentId = '', body } = deed
      switch (kind) {
        case 'create':
          return charges.filter(isMadeBy(deed)).length
        case 'refund':
          return refunds.filter(isMadeBy(deed)).length
        case 'confirm':
          return chargeOf(paymentId) === undefined ? 0 : 1
        case 'capture':
          // Captures that race for one payment name different amounts.
          return chargeOf(paymentId)?.amount_captured === body.amount_cents ? 1 : 0
        case 'cancel':
          return canceled.has(paymentId) ? 1 : 0
      }
    },
  }
}

function operationOf({ environment }: PaymentsApp, deed: Deed): string {
  const { tenant, path, key, body } = deed
  const reference = body.reference as string | undefined
  const request = {
    ...{ merchantId: tenant.merchantId as MerchantId, livemode: false, method: 'POST', path, body },
    ...{ givenKey: key, reference, actor: '', requestId: '', correlationId: '' },
    traceContext: null,
  }
  return operationIdOf(environment.INSTALLATION_ID ?? '', request, key ?? '')
}

async function readIntent({ sandbox }: PaymentsApp, id: string): Promise<Body> {
  const answer = await fetch(`${sandbox.address}/v1/payment_intents/${id}`, {
    headers: { authorization: 'Bearer sk_test_races' },
  })
  return answer.json()
}
