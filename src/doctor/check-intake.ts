import { errorCatalogue, isErrorCode } from '../domain/errors.ts'
import { type Finding, fail, ok } from './finding.ts'
import type { SelfTest } from './send-self-test.ts'

/**
 * Does the intake take webhooks at all? Whose secret is right is another check's question.
 * @param hasDatabase whether the database was found sound before: without it there is one thing to mend, and it is told already
 */
export function checkIntake(
  { address, answers, unreachable }: SelfTest,
  { hasDatabase }: { hasDatabase: boolean },
): Finding {
  if (unreachable !== undefined) {
    return fail(
      'intake',
      `${address} does not answer: ${unreachable}`,
      'Start Payonce (npx payonce start), or say where it listens: --endpoint.',
    )
  }
  const answer = answers.find(({ status }) => status === 200) ?? answers[0]
  if (answer === undefined && !hasDatabase) {
    return fail(
      'intake',
      'Nothing was sent: the signing secret is kept in the database, which cannot be asked for it.',
      'Mend the database first, or give --secret.',
    )
  }
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
    hasDatabase
      ? errorCatalogue[code].fix
      : 'Mend the database first: nothing is stored without it.',
  )
}
