import type { FastifyInstance, FastifyReply } from 'fastify'

export type ReadinessCheck = {
  ok: boolean
  detail?: string
  /** the work goes on without it, only slower: it is reported and changes nothing else */
  isOptional?: boolean
}
/** By the name of what is depended on: database, worker, redis. */
export type CheckReadiness = () => Promise<Record<string, ReadinessCheck>>

const isPublic = { config: { isPublic: true } }

/** Alive: the process answers. Ready: it can do its work; when not, the answer names what is down. */
export function health(deps: { checkReadiness: CheckReadiness; version: string }) {
  return async (app: FastifyInstance): Promise<void> => {
    const alive = async () => ({ status: 'ok', version: deps.version })
    app.get('/health', isPublic, alive)
    app.get('/health/live', isPublic, alive)

    const ready = async (_request: unknown, reply: FastifyReply) => {
      const checks = await deps.checkReadiness()
      const failing = Object.keys(checks).filter((name) => !checks[name]?.ok)
      const degraded = failing.filter((name) => checks[name]?.isOptional)
      const down = failing.filter((name) => !degraded.includes(name))
      const shown = Object.entries(checks).map(([name, { ok, detail }]) => [name, { ok, detail }])
      return reply
        .code(down.length === 0 ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({
          status: down.length === 0 ? 'ready' : 'not_ready',
          down,
          degraded,
          checks: Object.fromEntries(shown),
        })
    }
    app.get('/health/ready', isPublic, ready)
    app.get('/ready', isPublic, ready)
  }
}
