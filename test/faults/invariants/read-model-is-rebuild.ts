import type { Invariant } from './invariant.ts'

/** However it was interrupted, everything comes to what it comes to when nothing goes wrong. */
export const readModelIsRebuild: Invariant = {
  id: 'I10',
  title: 'the same events come to the same rows',
  check: async ({ outcome, outcomeWithoutFault }) => {
    const findings: string[] = []
    for (const [table, rows] of Object.entries(outcomeWithoutFault)) {
      const expected = JSON.stringify(rows)
      const found = JSON.stringify(outcome[table])
      if (expected !== found) findings.push(`${table}: ${found} and not ${expected}`)
    }
    return { checked: Object.values(outcome).flat().length, findings }
  },
}
