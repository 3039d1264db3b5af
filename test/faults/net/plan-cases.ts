/** Which cases a run takes: all of them, or each point once, each call with every wrong answer, and the rest by chance. */
import { seededRandom } from '../../support/random.ts'
import { answerModes, type Fault, stepModes } from './mortal.ts'

export type Extent = 'complete' | 'short'

/** Of the cases that a short run may leave out, so many it takes. */
const SHORT_SHARE = 0.02

/** @param seed decides which mode a point meets in a short run, and which way to say no an error takes */
export function planCases(points: readonly string[], extent: Extent, seed: number): Fault[] {
  const random = seededRandom(seed)
  const faults: Fault[] = []
  for (const [at, point] of points.entries()) {
    // Neighbors meet different modes, so that a short run has about as many of each.
    const chosen = (at + seed) % stepModes.length
    for (const [index, mode] of stepModes.entries()) {
      const chance = random.below(1_000)
      if (extent === 'complete' || index === chosen || random.chance(SHORT_SHARE)) {
        faults.push({ at, mode, chance })
      }
    }
    if (!isCall(point)) continue
    for (const mode of answerModes) faults.push({ at, mode, chance: 0 })
  }
  return faults
}

/** A provider answers there. */
function isCall(point: string): boolean {
  return point.startsWith('stripe ')
}
