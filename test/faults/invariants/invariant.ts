import type { Outcome } from '../net/outcome-of.ts'
import type { Scenario } from '../net/scenario.ts'
import type { World } from '../net/world.ts'

export const invariantIds = [
  'I1',
  'I2',
  'I3',
  'I4',
  'I5',
  'I6',
  'I7',
  'I8',
  'I9',
  'I10',
  'I11',
  'I12',
] as const
export type InvariantId = (typeof invariantIds)[number]

/** Everything there is to look at after a case. */
export type Evidence = {
  world: World
  scenario: Scenario
  /** rows without what differs between two runs */
  outcome: Outcome
  outcomeWithoutFault: Outcome
  /** what still waits although its time is over */
  left: Record<string, number>
  /** how the key of the first request was refused for another one; undefined where nothing is asked for */
  reused: string | undefined
  /** of the processes that still live */
  pools: { total: number; idle: number; waiting: number }[]
}

/** What must be true whatever happened. `checked` counts what was looked at: 0 in a whole run is a failure, too. */
export type Invariant = {
  id: InvariantId
  title: string
  check(evidence: Evidence): Promise<{ checked: number; findings: string[] }>
}

export type Finding = { invariant: InvariantId | 'net'; detail: string }

/** For questions whose every answer is something wrong. */
export const tell = (rows: object[]): string[] => rows.map((row) => JSON.stringify(row))
