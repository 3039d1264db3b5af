/** What waits at a moment goes into one statement together, two statements in flight; nothing waits for company. */

const ITEM_COUNT_MAX = 200
const IN_FLIGHT_COUNT_MAX = 2

/** @param write one statement for all items; its outcomes stand in the items' order */
export function shareStatements<Item, Outcome>(
  write: (items: Item[]) => Promise<Outcome[]>,
): (item: Item) => Promise<Outcome> {
  type Waiting = { item: Item } & PromiseWithResolvers<Outcome>
  let waiting: Waiting[] = []
  let inFlightCount = 0
  const startBatches = () => {
    while (inFlightCount < IN_FLIGHT_COUNT_MAX && waiting.length > 0) {
      const batch = waiting.slice(0, ITEM_COUNT_MAX)
      waiting = waiting.slice(ITEM_COUNT_MAX)
      inFlightCount++
      void run(batch)
    }
  }
  const run = async (batch: Waiting[]) => {
    try {
      const outcomes = await write(batch.map(({ item }) => item))
      for (const [index, { resolve }] of batch.entries()) resolve(outcomes[index] as Outcome)
    } catch (error) {
      for (const { reject } of batch) reject(error)
    } finally {
      inFlightCount--
      startBatches()
    }
  }
  return (item) => {
    const promise = Promise.withResolvers<Outcome>()
    waiting.push({ item, ...promise })
    setImmediate(startBatches)
    return promise.promise
  }
}
