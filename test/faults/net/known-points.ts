/** How many points each scenario had when somebody last looked: fewer mean that the net has a hole. */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('./points.json', import.meta.url)
const LOST_SHARE_MAX = 0.05

export type PointCounts = Record<string, number>

export function readKnownPoints(): PointCounts {
  return JSON.parse(readFileSync(file, 'utf8')) as PointCounts
}

export function writeKnownPoints(counts: PointCounts): void {
  writeFileSync(file, `${JSON.stringify(counts, null, 2)}\n`)
}

/** @returns what is wrong, in words; `counted` holds the scenarios that ran */
export function compareWithKnown(counted: PointCounts, known: PointCounts): string[] {
  return Object.entries(counted).flatMap(([scenario, count]) => {
    const before = known[scenario]
    if (before === undefined) return [`"${scenario}" is not in points.json: run with --update`]
    return count < before * (1 - LOST_SHARE_MAX)
      ? [`"${scenario}" has ${count} points, and had ${before}: run with --update if that is meant`]
      : []
  })
}
