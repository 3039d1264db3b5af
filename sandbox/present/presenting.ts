import type { Chance } from '../chance.ts'
import type { State } from '../store/state.ts'

/** What a wire form is made from besides the version itself. */
export type Presenting = {
  readonly state: State
  readonly chance: Chance
  /** by the test clock: whether money is available depends on it */
  readonly nowSeconds: number
  /** where the pages of the sandbox are, such as the one for 3D Secure */
  readonly origin: string
}
