import type { FastifyPluginAsync } from 'fastify'
import type { Database } from '../store/db.ts'

/** Everything a person or a merchant's program reads. */
export function readRoutes(_deps: {
  database: Database
  version: string
}): FastifyPluginAsync[] {
  return []
}
