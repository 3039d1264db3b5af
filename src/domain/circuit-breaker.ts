/** CLOSED lets calls through, OPEN none, HALF_OPEN one that decides. */
export const circuitStates = ['CLOSED', 'OPEN', 'HALF_OPEN'] as const
export type CircuitState = (typeof circuitStates)[number]

/** Guards calls to an external service: after failures in a row nothing is sent for a while, then one call tries. */
export type CircuitBreaker = {
  readonly state: CircuitState
  /** failures in a row, 0 at the start */
  readonly failureCount: number
  /** @throws what `work` throws, or an error of its own while open */
  execute<T>(work: () => Promise<T>): Promise<T>
  /** whether a call would be let through now */
  shouldRun(): boolean
  recordSuccess(): Promise<void>
  recordFailure(): Promise<void>
}

export type CircuitBreakerOptions = {
  /** a monotonic clock */
  nowMs: () => number
  /** failures in a row that open it; 10 unless given */
  failuresMax?: number
  /** how long it stays open; 5,000 unless given */
  openMs?: number
  /** told of every change, HALF_OPEN included */
  onStateChange?: (state: CircuitState) => void
}
