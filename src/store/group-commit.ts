/**
 * Group commit: work that waits at the same moment shares one commit, at most two commits at a time.
 *
 * No timer: a batch is what gathered while two were in flight. Each item has its own result; a bad one never fails its
 * neighbors. Promise: a result is given only after the commit it tells of.
 */

export type GroupCommit<Item, Result> = {
  submit(item: Item): Promise<Result>
  /** resolves when nothing waits and nothing is in flight */
  drain(): Promise<void>
}

export type GroupBounds = { inFlightCountMax: number; itemCountMax: number; weightMax?: number }

export type GroupCommitOptions<Item, Result> = {
  /** one outcome an item, in their order: a result, or why this one was refused although the commit stands */
  commit(items: Item[]): Promise<(Result | Error)[]>
  /** whether one item may have failed all of them; then each is committed alone */
  isOneAtFault(error: unknown): boolean
  bounds: GroupBounds
  /** counts against `weightMax`; an item heavier than that travels alone */
  weightOf?(item: Item): number
  /** items with a name in common never share a commit */
  namesOf?(item: Item): string[]
}

type Waiting<Item, Result> = { item: Item } & PromiseWithResolvers<Result>

export function openGroupCommit<Item, Result>(
  options: GroupCommitOptions<Item, Result>,
): GroupCommit<Item, Result> {
  const { commit, bounds, weightOf = () => 0, namesOf = () => [] } = options
  let waiting: Waiting<Item, Result>[] = []
  let inFlightCount = 0
  let isScheduled = false
  let onIdle: (() => void)[] = []

  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    // Whatever this turn of the event loop still reads from its sockets joins the batch.
    setImmediate(startBatches)
  }
  const startBatches = () => {
    isScheduled = false
    while (inFlightCount < bounds.inFlightCountMax && waiting.length > 0) {
      inFlightCount++
      void run(takeBatch())
    }
    if (inFlightCount > 0) return
    for (const resolve of onIdle) resolve()
    onIdle = []
  }
  const takeBatch = (): Waiting<Item, Result>[] => {
    const batch: Waiting<Item, Result>[] = []
    const later: Waiting<Item, Result>[] = []
    const taken = new Set<string>()
    let weight = 0
    for (const [index, one] of waiting.entries()) {
      const names = namesOf(one.item)
      if (names.some((name) => taken.has(name))) {
        later.push(one)
        continue
      }
      weight += weightOf(one.item)
      const isFull =
        batch.length === bounds.itemCountMax || weight > (bounds.weightMax ?? Number.MAX_VALUE)
      if (batch.length > 0 && isFull) {
        waiting = [...later, ...waiting.slice(index)]
        return batch
      }
      for (const name of names) taken.add(name)
      batch.push(one)
    }
    waiting = later
    return batch
  }
  const run = async (batch: Waiting<Item, Result>[]) => {
    try {
      await commitApart(batch)
    } finally {
      inFlightCount--
      startBatches()
    }
  }
  const commitApart = async (batch: Waiting<Item, Result>[]): Promise<void> => {
    try {
      const outcomes = await commit(batch.map(({ item }) => item))
      for (const [index, { resolve, reject }] of batch.entries()) {
        // Results may be undefined, so it is the number of outcomes that tells whether there is one.
        if (index >= outcomes.length) reject(new Error('A committed item has no outcome.'))
        const outcome = outcomes[index]
        if (outcome instanceof Error) reject(outcome)
        else resolve(outcome as Result)
      }
    } catch (error) {
      if (batch.length > 1 && options.isOneAtFault(error)) {
        // Beside each other: the one at fault may take long.
        await Promise.all(batch.map((one) => commitApart([one])))
        return
      }
      for (const { reject } of batch) reject(error)
    }
  }

  return {
    submit: (item) => {
      const promise = Promise.withResolvers<Result>()
      waiting.push({ item, ...promise })
      schedule()
      return promise.promise
    },
    drain: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      onIdle.push(resolve)
      schedule()
      return promise
    },
  }
}
