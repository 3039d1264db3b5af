import type { Invariant } from './invariant.ts'

/** However it was interrupted, everything comes to what it comes to when nothing goes wrong. */
export const readModelIsRebuild: Invariant = {
  id: 'I10',
  title: 'the same events come to the same rows',
  check: async ({ scenario, outcome, outcomeWithoutFault }) => {
    const findings: string[] = []
    const rows = Object.values(outcome).flat()
    if (scenario.isAbandoned && rows.length === 0) return { checked: 1, findings }
    for (const [table, wanted] of Object.entries(outcomeWithoutFault)) {
      const expected = JSON.stringify(wanted)
      const found = JSON.stringify(outcome[table])
      if (expected !== found) findings.push(`${table}: ${found} and not ${expected}`)
    }
    return { checked: rows.length, findings }
  },
}
