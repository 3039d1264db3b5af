import { type Finding, ok, warn } from './finding.ts'

export type RedisProbeResult = { ok: true; answerMs: number } | { ok: false; detail: string }

/** A request waits 50 ms for Redis; half of it leaves no room for a busy moment. */
const ANSWER_MS_WARN = 25
const ANSWER_MS_MAX = 50

/** @param address without who signs in. Nothing depends on Redis, so nothing about it is a failure. */
export function checkRedis(address: string, probe: RedisProbeResult): Finding {
  if (!probe.ok) {
    return warn(
      'redis',
      `${address} cannot be used (${probe.detail}); callers are looked up in the database meanwhile.`,
      'Start it, or correct REDIS_URL; what each word means: docs/operate/troubleshooting.md, Redis is away.',
    )
  }
  const ms = probe.answerMs < 10 ? probe.answerMs.toFixed(1) : String(Math.round(probe.answerMs))
  if (probe.answerMs >= ANSWER_MS_WARN) {
    return warn(
      'redis',
      `${address} answers in ${ms} ms; a request waits ${ANSWER_MS_MAX} ms for it.`,
      'Put it nearer, or relieve it; or leave REDIS_URL out, which costs speed and nothing else.',
    )
  }
  return ok('redis', `${address} answers in ${ms} ms, and takes and gives entries.`)
}
