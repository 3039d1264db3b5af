/** What waits for its time: a binary heap by `at`, and by arrival among equals. */
export type DueQueue<T> = {
  add(at: number, item: T): void
  /** the earliest item, if its time has come */
  takeDue(now: number): { at: number; item: T } | undefined
  nextAt(): number | undefined
  readonly size: number
  clear(): void
}

type Waiting<T> = { at: number; arrival: number; item: T }

export function createDueQueue<T>(): DueQueue<T> {
  const heap: Waiting<T>[] = []
  let arrivals = 0
  const isBefore = (left: Waiting<T>, right: Waiting<T>) =>
    left.at < right.at || (left.at === right.at && left.arrival < right.arrival)

  function rise(start: number): void {
    let index = start
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!swapIfBefore(index, parent)) return
      index = parent
    }
  }

  function sink(): void {
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const right = left + 1
      const first = heap[left]
      if (first === undefined) return
      const second = heap[right]
      const child = second !== undefined && isBefore(second, first) ? right : left
      if (!swapIfBefore(child, index)) return
      index = child
    }
  }

  function swapIfBefore(lower: number, upper: number): boolean {
    const below = heap[lower]
    const above = heap[upper]
    if (below === undefined || above === undefined || !isBefore(below, above)) return false
    heap[lower] = above
    heap[upper] = below
    return true
  }

  return {
    add: (at, item) => {
      heap.push({ at, arrival: arrivals++, item })
      rise(heap.length - 1)
    },
    takeDue: (now) => {
      const first = heap[0]
      if (first === undefined || first.at > now) return undefined
      const last = heap.pop()
      if (last !== undefined && heap.length > 0) {
        heap[0] = last
        sink()
      }
      return { at: first.at, item: first.item }
    },
    nextAt: () => heap[0]?.at,
    get size() {
      return heap.length
    },
    clear: () => {
      heap.length = 0
    },
  }
}
