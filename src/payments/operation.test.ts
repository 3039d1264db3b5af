import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { canonicalJson, fingerprintOf, type OperationRequest, operationIdOf } from './operation.ts'

const request: OperationRequest = {
  merchantId: 'mer_1',
  livemode: false,
  method: 'POST',
  path: '/payments',
  body: { a: 1 },
  givenKey: 'k',
  reference: undefined,
  actor: 'key_1',
  requestId: 'req_1',
  correlationId: 'cor_1',
  traceContext: null,
}
const idOf = (changed: Partial<OperationRequest>) =>
  operationIdOf('shop', { ...request, ...changed }, 'idk_1')

test('the id of an operation is the same for the same request, and another for any other', () => {
  assert.equal(idOf({ requestId: 'req_2', correlationId: 'cor_2', actor: 'key_2' }), idOf({}))
  const others = [
    idOf({}),
    idOf({ merchantId: 'mer_2' }),
    idOf({ livemode: true }),
    idOf({ path: '/payments/pay_1/refund' }),
    idOf({ givenKey: 'k2' }),
    idOf({ givenKey: undefined, reference: 'k' }),
    idOf({ givenKey: undefined }),
    operationIdOf('other shop', request, 'idk_1'),
  ]
  assert.equal(new Set(others).size, others.length)
})

test('a fingerprint sees values, not how they were written', () => {
  const of = (body: unknown) => fingerprintOf({ ...request, body }).toString('hex')
  assert.equal(of({ a: 1, b: { c: [1, 2] } }), of({ b: { c: [1, 2] }, a: 1 }))
  assert.notEqual(of({ a: [1, 2] }), of({ a: [2, 1] }))
  assert.notEqual(of({ a: 1 }), of({ a: '1' }))
})

test('canonical JSON is JSON of the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      assert.equal(canonicalJson(JSON.parse(text)), text)
    }),
  )
})
