import { openWorkPacer, type WorkPacer } from './work-pacer.ts'

/** Bytes of all requests being taken in at this moment, against one bound; and the turns they are worked on in. */
export type ByteBudget = WorkPacer & {
  /** false, and nothing taken, when the bound would be passed */
  take(bytes: number): boolean
  give(bytes: number): void
  inFlight(): number
}

export function openByteBudget(bytesMax: number): ByteBudget {
  let taken = 0
  return {
    ...openWorkPacer(),
    take: (bytes) => {
      if (taken + bytes > bytesMax) return false
      taken += bytes
      return true
    },
    give: (bytes) => {
      taken -= bytes
    },
    inFlight: () => taken,
  }
}
