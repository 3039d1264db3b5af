/** The ways in which the sandbox misbehaves. */
export const faultModes = [
  'timeout_before',
  'timeout_after',
  'error_before',
  'error_after',
  'rate_limit',
  'key_in_use',
  'unavailable',
  'reset',
  'slow',
  'truncated',
  'html',
  'wrong_amount',
  'stale_read',
  'effect_late',
] as const
export type FaultMode = (typeof faultModes)[number]
