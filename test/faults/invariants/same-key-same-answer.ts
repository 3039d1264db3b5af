import type { Invariant } from './invariant.ts'

/** A key has one answer, to the byte; for anything else it is refused. */
export const sameKeySameAnswer: Invariant = {
  id: 'I11',
  title: 'the same key, the same answer',
  check: async ({ world, reused }) => {
    const findings: string[] = []
    let checked = 0
    for (const [key, [first, ...repeats]] of world.merchant.answers) {
      for (const repeat of repeats) {
        checked += 1
        if (repeat.status !== first?.status || repeat.body !== first.body) {
          findings.push(`${key}: ${JSON.stringify(repeat)} after ${JSON.stringify(first)}`)
        }
      }
    }
    if (reused !== undefined && reused !== 'idempotency_key_reused_with_different_request') {
      findings.push(`a key was taken for another request: ${reused}`)
    }
    return { checked, findings }
  },
}
