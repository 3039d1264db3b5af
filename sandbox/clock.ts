/** The test clock: real time plus what was added. Objects, fees, expiry and retries follow it; signatures do not. */
export type TestClock = {
  nowMs(): number
  nowSeconds(): number
  /** how far it is ahead of real time */
  readonly aheadMs: number
}

export function createTestClock(): TestClock & { setAhead(ms: number): void } {
  let aheadMs = 0
  const nowMs = () => Date.now() + aheadMs
  return {
    nowMs,
    nowSeconds: () => Math.floor(nowMs() / 1000),
    get aheadMs() {
      return aheadMs
    },
    setAhead: (ms) => {
      aheadMs = ms
    },
  }
}
