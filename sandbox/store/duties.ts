import type { Deed, Task } from './state.ts'
import type { Transaction } from './transaction.ts'

/** What happens by itself, by name. A duty looks whether it is still wanted; nobody cancels it. */
export type Duties = Readonly<Record<Deed, (tx: Transaction, id: string) => void>>

export function runDuty(duties: Duties, tx: Transaction, { deed, id }: Task): void {
  duties[deed](tx, id)
}
