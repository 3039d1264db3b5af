import type { ReadinessCheck } from '../http/routes/health.ts'
import type { Database } from '../store/db.ts'
import { pingDatabase } from '../store/ping.ts'
import type { Supervisor } from '../workers/supervisor.ts'

const CHECK_TIMEOUT_MS = 2_000

/** Asks each dependency; an answer that takes longer than two seconds is a no. */
export function readinessChecks(deps: {
  database: Database
  worker: Supervisor | undefined
  /** undefined: this process has none */
  redisHealth?: (() => ReadinessCheck) | undefined
  /** undefined: this process calls none */
  providerHealth?: (() => ReadinessCheck) | undefined
}): () => Promise<Record<string, ReadinessCheck>> {
  const optional = { redis: deps.redisHealth, provider: deps.providerHealth }
  return async () => ({
    database: await checkDatabase(deps.database),
    ...(deps.worker === undefined ? {} : { worker: deps.worker.health() }),
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([name, health]) =>
        health === undefined ? [] : [[name, { ...health(), isOptional: true }]],
      ),
    ),
  })
}

async function checkDatabase(database: Database): Promise<ReadinessCheck> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<ReadinessCheck>((resolve) => {
    timer = setTimeout(resolve, CHECK_TIMEOUT_MS, { ok: false, detail: 'no answer within 2 s' })
  })
  const answer = pingDatabase(database)
    .then(() => ({ ok: true, detail: 'answers' }))
    .catch((error: Error) => ({
      ok: false,
      detail: 'code' in error ? String(error.code) : error.name,
    }))
  const check = await Promise.race([answer, late])
  clearTimeout(timer)
  return check
}
