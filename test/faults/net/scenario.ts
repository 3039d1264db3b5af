import type { EventBody } from '../../support/inbox.ts'
import type { Application } from './application.ts'
import type { Order } from './orders.ts'
import type { World } from './world.ts'

/**
 * What a process does while the net stops it at each of its points. It must do the same in every run: one thing after
 * another, nothing by chance.
 */
export type Scenario = {
  name: string
  /** what is there before; done by a process that nothing happens to */
  prepare?(app: Application, world: World): Promise<void>
  /** what the provider tells, sooner or later, whatever becomes of the process it tells it to */
  events: readonly EventBody[]
  act(app: Application, world: World): Promise<void>
  /** what a person does, and does again until they see that it was done; false: there was nothing to do */
  insist?(app: Application, world: World): Promise<boolean>
  /** what a merchant asks for; they ask again until each has its final answer */
  orders?: readonly Order[]
  /** the merchant does not ask again while something is under way: the workers alone find out */
  isPatient?: boolean
  /** the merchant asks once and never comes back */
  isAbandoned?: boolean
  /** the provider sends no webhooks of what it does */
  isSilent?: boolean
  /** events that are expected to end as dead letters */
  deadEventIds?: readonly string[]
}
