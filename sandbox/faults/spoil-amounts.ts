import type { Answer } from '../http/answer.ts'

const amountFields = /^(?:amount|amount_received|amount_capturable|amount_captured)$/

/** An answer that tells one unit too many; the effect, and the stored answer, are right. */
export function spoilAmounts(answer: Answer): Answer {
  const body = JSON.stringify(JSON.parse(answer.body), (name, value: unknown) =>
    typeof value === 'number' && value > 0 && amountFields.test(name) ? value + 1 : value,
  )
  return { ...answer, body }
}
