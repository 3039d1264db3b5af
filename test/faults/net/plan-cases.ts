/** Which cases a run takes: all of them, or each point once and the rest by chance. */
import { seededRandom } from '../../support/random.ts'
import { type Fault, modes } from './mortal.ts'

export type Extent = 'complete' | 'short'

/** Of the cases that a short run may leave out, so many it takes. */
const SHORT_SHARE = 0.02

/** @param seed decides which mode a point meets in a short run, and which way to say no an error takes */
export function planCases(pointCount: number, extent: Extent, seed: number): Fault[] {
  const random = seededRandom(seed)
  const faults: Fault[] = []
  for (let at = 0; at < pointCount; at++) {
    // Neighbors meet different modes, so that a short run has about as many of each.
    const chosen = (at + seed) % modes.length
    for (const [index, mode] of modes.entries()) {
      const chance = random.below(1_000)
      if (extent === 'complete' || index === chosen || random.chance(SHORT_SHARE)) {
        faults.push({ at, mode, chance })
      }
    }
  }
  return faults
}
