/** Runs scenes round by round, and checks each round's history against what the provider did. */
import assert from 'node:assert/strict'
import { createTestDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { assertConsistent } from '../../support/payments-app.ts'
import { seededRandom } from '../../support/random.ts'
import { runSql } from '../../support/test-server.ts'
import { type Arena, openArena } from './arena.ts'
import { type Claim, checkHistory, claims } from './check-history.ts'
import type { Outcome } from './history.ts'
import type { Scene } from './scene.ts'
import { readTruth } from './truth.ts'

export type SceneTally = {
  rounds: number
  calls: Record<Outcome, number>
  /** what made it a race */
  metCount: number
  /** deeds nobody was told the end of at first, and how many of those had been done by then */
  unknown: number
  doneThough: number
}
export type RaceReport = {
  seed: number
  seconds: number
  tallies: Map<string, SceneTally>
  checked: Record<Claim, number>
  /** none is lost by one, but each makes everybody wait for a second */
  deadlockCount: number
  findings: string[]
}

export async function runRaces(options: {
  scenes: readonly Scene[]
  seed: number
  /** turns through all scenes: until the time is over and so many were taken */
  seconds?: number
  turns?: number
  tell?: (line: string) => void
}): Promise<RaceReport> {
  const { scenes, seed, seconds = 0, turns = 1, tell } = options
  const startedAt = performance.now()
  await using database = await createTestDatabase()
  const isOver = (turn: number) =>
    report.findings.length > 0 || (turn >= turns && performance.now() - startedAt >= seconds * 1000)
  const report: RaceReport = {
    ...{ seed, seconds: 0, deadlockCount: 0, findings: [] },
    tallies: new Map(scenes.map(({ name }) => [name, emptyTally()])),
    checked: Object.fromEntries(claims.map((claim) => [claim, 0])) as RaceReport['checked'],
  }
  {
    await using arena = await openArena(seededRandom(seed), database.url)
    for (let turn = 0; !isOver(turn); turn++) {
      for (const scene of scenes) {
        const found = await runRound(arena, scene, report)
        report.findings.push(...found.map((finding) => `${scene.name}: ${finding}`))
        for (const finding of found) tell?.(`CAUGHT in "${scene.name}": ${finding}`)
      }
    }
  }
  report.deadlockCount = await countDeadlocks(database.url)
  if (report.deadlockCount > 0 && scenes.every(({ locksInOrder }) => locksInOrder)) {
    report.findings.push(`${report.deadlockCount} deadlocks: locks are not taken in one order`)
  }
  for (const [name, { metCount }] of report.tallies) {
    if (metCount === 0) report.findings.push(`${name}: nothing met, so nothing was shown`)
  }
  report.seconds = (performance.now() - startedAt) / 1000
  return report
}

/** A claim that was about nothing in a run of all scenes says nothing. */
export function findUnchecked({ checked }: RaceReport): string[] {
  return claims
    .filter((claim) => checked[claim] === 0)
    .map((claim) => `"${claim}" was never checked`)
}

async function runRound(arena: Arena, scene: Scene, report: RaceReport): Promise<string[]> {
  const tally = report.tallies.get(scene.name) ?? emptyTally()
  const from = arena.history.calls.length
  try {
    const { calls, metCount, unknown } = await scene.run(arena)
    tally.rounds += 1
    tally.metCount += metCount
    tally.unknown += unknown?.deedCount ?? 0
    tally.doneThough += unknown?.doneCount ?? 0
    await arena.decide(calls)
    const all = arena.history.calls.slice(from)
    for (const { outcome } of all) tally.calls[outcome] += 1
    const truth = await readTruth(
      arena.app,
      all.map(({ deed }) => deed),
    )
    const { counts, findings } = checkHistory(all, truth)
    for (const claim of claims) report.checked[claim] += counts[claim]
    await assertConsistent(arena.app)
    return findings
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return [error instanceof assert.AssertionError ? error.message : `${error.stack}`]
  }
}

/** A connection tells its numbers when it ends. */
async function countDeadlocks(url: string): Promise<number> {
  await eventually(
    () =>
      runSql(
        url,
        `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
      ),
    ({ rows }) => rows.length === 0,
    10_000,
  )
  const text =
    'select deadlocks::int as count from pg_stat_database where datname = current_database()'
  return (await runSql(url, text)).rows[0].count
}

function emptyTally(): SceneTally {
  const calls = { ok: 0, fail: 0, busy: 0, unknown: 0 }
  return { rounds: 0, calls, metCount: 0, unknown: 0, doneThough: 0 }
}
