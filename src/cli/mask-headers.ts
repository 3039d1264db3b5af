import { maskText } from '../telemetry/mask.ts'

const credentials = /authorization|cookie|api-?key|token|secret|password/i

/** Headers for showing: credentials whole, and of a signature what could be used again. */
export function maskHeaders(
  headers: Record<string, string | string[]>,
): Record<string, string | string[]> {
  const mask = (name: string) => (value: string) =>
    credentials.test(name) ? '[secret]' : maskText(value)
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(mask(name)) : mask(name)(value),
    ]),
  )
}
