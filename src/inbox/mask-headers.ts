type Headers = Record<string, string | string[]>

const MASK = '[secret]'
/** Names under which senders, proxies and clouds pass credentials. */
const secretName = /auth|cookie|token|secret|password|credential|api-?key|signature/i

/**
 * Headers as they may be shown. A signature proves its body to whoever knows the secret and could be sent again
 * while it is fresh, so of it only the time is shown.
 */
export function maskHeaders(headers: Headers): Headers {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      secretName.test(name) ? maskValue(value) : value,
    ]),
  )
}

function maskValue(value: string | string[]): string | string[] {
  if (Array.isArray(value)) return value.map((one) => maskText(one))
  return maskText(value)
}

const stripeTime = /^t=\d{1,12}(?=,)/

function maskText(text: string): string {
  const time = stripeTime.exec(text)?.[0]
  return time === undefined ? MASK : `${time},${MASK}`
}
