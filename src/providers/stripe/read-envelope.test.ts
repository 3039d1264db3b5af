import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { sharedDataDir, skipWithoutSharedData } from '../../../test/support/shared-data.ts'
import { DomainError } from '../../domain/errors.ts'
import { readEnvelope } from './read-envelope.ts'

const event = (object: object, more: object = {}) => ({
  id: 'evt_1',
  object: 'event',
  type: 'charge.succeeded',
  created: 1_700_000_000,
  livemode: false,
  api_version: '2024-06-20',
  data: { object },
  ...more,
})

function pointerOf(parsed: unknown): string | undefined {
  try {
    readEnvelope(parsed)
  } catch (error) {
    assert.ok(error instanceof DomainError)
    assert.equal(error.code, 'event_field_invalid')
    return error.errors?.[0]?.pointer
  }
  return undefined
}

test('every recorded event has an envelope', skipWithoutSharedData(), () => {
  const folder = join(sharedDataDir() ?? '', 'stripe/webhook-events')
  const files = globSync('**/*.json', { cwd: folder })
  assert.ok(files.length > 50)
  for (const file of files) {
    const parsed: unknown = JSON.parse(readFileSync(join(folder, file), 'utf8'))
    const envelope = readEnvelope(parsed)
    assert.match(envelope.eventId, /^evt_|^test_evt_/, file)
    assert.ok(envelope.orderingKey.length > 0, file)
  }
})

test('the ordering key is the most root-like reference', () => {
  for (const [object, key] of [
    [{ id: 'pi_1', object: 'payment_intent' }, 'pi_1'],
    [{ id: 'ch_1', object: 'charge', payment_intent: 'pi_1' }, 'pi_1'],
    [{ id: 'ch_1', object: 'charge', payment_intent: null }, 'ch_1'],
    [{ id: 're_1', object: 'refund', charge: 'ch_1', payment_intent: { id: 'pi_2' } }, 'pi_2'],
    [{ id: 're_1', object: 'refund', charge: 'ch_1' }, 'ch_1'],
    [{ id: 'dp_1', object: 'dispute', charge: { id: 'ch_2' } }, 'ch_2'],
    [{ id: 'cs_1', object: 'checkout.session', payment_intent: 'pi_3' }, 'pi_3'],
    [{ id: 'po_1', object: 'payout' }, 'po_1'],
    [{ object: 'balance' }, 'evt_1'],
  ] as const) {
    assert.equal(readEnvelope(event(object)).orderingKey, key)
  }
})

test('a thin event names its object, its account and an instant', () => {
  const envelope = readEnvelope({
    id: 'evt_65',
    object: 'v2.core.event',
    type: 'v1.billing.meter.error_report_triggered',
    created: '2024-09-17T06:20:52.246Z',
    livemode: true,
    context: 'acct_1',
    related_object: { id: 'mtr_1', type: 'billing.meter', url: '/v1/billing/meters/mtr_1' },
  })
  assert.deepEqual(envelope, {
    eventId: 'evt_65',
    type: 'v1.billing.meter.error_report_triggered',
    apiVersion: undefined,
    createdAtSeconds: 1_726_554_052,
    livemode: true,
    account: 'acct_1',
    objectReference: 'mtr_1',
    orderingKey: 'mtr_1',
  })
})

test('a field at fault is named by its pointer', () => {
  for (const [parsed, pointer] of [
    [[], ''],
    [null, ''],
    [event({}, { id: 7 }), '/id'],
    [event({}, { id: '' }), '/id'],
    [event({}, { id: 'x'.repeat(256) }), '/id'],
    [event({}, { id: 'evt\u0000' }), '/id'],
    [event({}, { id: 'evt\ud800' }), '/id'],
    [event({}, { type: null }), '/type'],
    [event({}, { type: 'a\u0000b' }), '/type'],
    [event({}, { created: '2024' }), '/created'],
    [event({}, { created: 1.5 }), '/created'],
    [event({}, { created: -1 }), '/created'],
    [event({}, { created: Number.POSITIVE_INFINITY }), '/created'],
    [event({}, { livemode: 'true' }), '/livemode'],
    [event({}, { account: {} }), '/account'],
    [event({}, { data: { object: [] } }), '/data/object'],
    [event({}, { data: null }), '/data/object'],
    [{ ...event({}), object: 'v2.core.event', created: 5 }, '/created'],
  ] as const) {
    assert.equal(pointerOf(parsed), pointer)
  }
})
