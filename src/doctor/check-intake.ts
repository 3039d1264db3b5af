import { errorCatalogue, isErrorCode } from '../domain/errors.ts'
import { type Finding, fail, ok } from './finding.ts'
import type { SelfTest } from './send-self-test.ts'

/** Does the intake take webhooks at all? Whose secret is right is another check's question. */
export function checkIntake({ address, answers, unreachable }: SelfTest): Finding {
  if (unreachable !== undefined) {
    return fail(
      'intake',
      `${address} does not answer: ${unreachable}`,
      'Start Payonce (payonce start), or say where it listens: --endpoint.',
    )
  }
  const answer = answers.find(({ status }) => status === 200) ?? answers[0]
  if (answer === undefined) {
    return fail(
      'intake',
      'No signing secret is known, so nothing was sent.',
      'Set STRIPE_WEBHOOK_SECRET, or start Payonce once to have one made.',
    )
  }
  if (answer.status === 200) {
    return ok('intake', `${address} stored a signed event in ${Math.round(answer.answerMs)} ms.`)
  }
  const { status, code, detail } = answer
  if (code === undefined || !isErrorCode(code)) {
    return fail(
      'intake',
      `${address} answers HTTP ${status}, and not in our words${answer.server === undefined ? '' : ` (${answer.server})`}.`,
      'Another program listens there: say where Payonce listens with --endpoint.',
    )
  }
  if (code === 'signature_mismatch') return ok('intake', `${address} answers.`)
  return fail(
    'intake',
    `${address} refuses a signed event: ${detail ?? code}`,
    errorCatalogue[code].fix,
  )
}
