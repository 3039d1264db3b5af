import { setTimeout } from 'node:timers/promises'

const INTERVAL_MS = 50
/** For what is promised to come, not when: a call that is slow on a busy machine is asked again after ever longer waits. */
const PATIENCE_MS = 60_000

/** Asks again until `check` holds; fails after `msMax`, telling what was seen last. */
export async function eventually<T>(
  read: () => Promise<T>,
  check: (value: T) => boolean,
  msMax: number = PATIENCE_MS,
): Promise<T> {
  const until = performance.now() + msMax
  for (;;) {
    const value = await read()
    if (check(value)) return value
    if (performance.now() > until)
      throw new Error(`not so within ${msMax} ms: ${JSON.stringify(value)}`)
    await setTimeout(INTERVAL_MS)
  }
}
