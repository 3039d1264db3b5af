import type { FastifyInstance, FastifyReply } from 'fastify'

export type ReadinessCheck = { ok: boolean; detail?: string }
/** By the name of what is depended on: database, schema, worker. */
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
      const down = Object.keys(checks).filter((name) => !checks[name]?.ok)
      return reply
        .code(down.length === 0 ? 200 : 503)
        .header('cache-control', 'no-store')
        .send({ status: down.length === 0 ? 'ready' : 'not_ready', down, checks })
    }
    app.get('/health/ready', isPublic, ready)
    app.get('/ready', isPublic, ready)
  }
}
