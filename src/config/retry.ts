import type { Settings } from './settings.ts'

/** When a failed event is tried again: try n after `baseSeconds`^n seconds, at most `delaySecondsMax`. */
export type RetryConfig = {
  /** tries after the first, before an event is given up as a dead letter */
  countMax: number
  delaySecondsMax: number
  baseSeconds: number
  /** repeats at once before the first wait, on top of the tries, since most failures are a lost race */
  immediateCount: number
  /** share of each delay that is random, so that events that failed together do not return together */
  jitterRatio: number
}

const WEEK_SECONDS = 604_800

export function readRetry(settings: Settings): RetryConfig {
  const countMax = settings.integer('EVENT_RETRY_COUNT_MAX', { fallback: 5, min: 0, max: 100 })
  const delay = { fallback: 3600, min: 1, max: WEEK_SECONDS }
  const delaySecondsMax = settings.integer('EVENT_RETRY_DELAY_SECONDS_MAX', delay)
  const base = { fallback: Math.min(2, delaySecondsMax), min: 1, max: WEEK_SECONDS }
  const baseSeconds = settings.integer('EVENT_RETRY_BASE_SECONDS', base)
  const immediate = { fallback: Math.min(1, countMax), min: 0, max: 100 }
  const immediateCount = settings.integer('EVENT_RETRY_IMMEDIATE_COUNT', immediate)
  if (baseSeconds > delaySecondsMax) {
    settings.report(
      'EVENT_RETRY_BASE_SECONDS, EVENT_RETRY_DELAY_SECONDS_MAX',
      `the first delay (${baseSeconds}) must not exceed the longest (${delaySecondsMax}).`,
      'Lower the first or raise the second.',
    )
  }
  if (immediateCount > countMax) {
    settings.report(
      'EVENT_RETRY_IMMEDIATE_COUNT, EVENT_RETRY_COUNT_MAX',
      `the tries without a wait (${immediateCount}) must not exceed all tries (${countMax}).`,
      'Lower the first or raise the second.',
    )
  }
  const jitterRatio = settings.ratio('EVENT_RETRY_JITTER_RATIO', 0.2)
  return { countMax, delaySecondsMax, baseSeconds, immediateCount, jitterRatio }
}
