import { StripeError } from '../stripe/errors.ts'

/** Any test key is welcome. A live key is refused loudly: it was meant for the real Stripe. */
export function authenticate(header: string | undefined): void {
  const key = readKey(header)
  if (key === undefined)
    throw new StripeError(
      401,
      'invalid_request_error',
      'You did not provide an API key. Set the Authorization header, as in `Authorization: Bearer sk_test_sandbox`.',
    )
  if (/^[sr]k_live_/.test(key))
    throw new StripeError(
      401,
      'invalid_request_error',
      'This is a sandbox: a live key has no business here. Use any key that begins with sk_test_.',
      { code: 'secret_key_required' },
    )
  if (!/^[sr]k_test_\w+$/.test(key))
    throw new StripeError(401, 'invalid_request_error', 'Invalid API Key provided.')
}

function readKey(header: string | undefined): string | undefined {
  const [scheme = '', value] = (header ?? '').split(' ')
  if (value === undefined) return undefined
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return undefined
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0]
}
