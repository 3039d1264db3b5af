import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maskHeaders } from './mask-headers.ts'

test('headers that carry credentials are masked, and a signature shows its time only', () => {
  assert.deepEqual(
    maskHeaders({
      'stripe-signature': 't=1750000000,v1=aabbcc',
      'x-forwarded-authorization': 'Bearer abc',
      'x-api-key': ['one', 'two'],
      'set-cookie': 'a=b',
      'user-agent': 'Stripe/1.0',
      'x-forwarded-for': ['192.0.2.1', '192.0.2.2'],
    }),
    {
      'stripe-signature': 't=1750000000,[secret]',
      'x-forwarded-authorization': '[secret]',
      'x-api-key': ['[secret]', '[secret]'],
      'set-cookie': '[secret]',
      'user-agent': 'Stripe/1.0',
      'x-forwarded-for': ['192.0.2.1', '192.0.2.2'],
    },
  )
})
