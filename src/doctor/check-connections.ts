import type { ServerFacts } from '../store/server-facts.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** Beside its pools a process holds one connection to listen on. */
const LISTENER_COUNT = 1

/** @param poolSizes connections each pool of one process may open */
export function checkConnections(facts: ServerFacts, poolSizes: readonly number[]): Finding {
  const needed = poolSizes.reduce((sum, size) => sum + size, LISTENER_COUNT)
  const allowed = allowedConnections(facts)
  const used = facts.connectionCount
  const found = `One process opens up to ${needed} connections; the server allows ${allowed} and has ${used} open.`
  if (needed > allowed) {
    return fail(
      'connections',
      found,
      'Lower DATABASE_POOL_SIZE, or raise max_connections or the limit of the role.',
    )
  }
  return used + needed > allowed
    ? warn(
        'connections',
        found,
        'Another process may find no connection: raise max_connections, or lower DATABASE_POOL_SIZE.',
      )
    : ok('connections', found)
}

function allowedConnections(facts: ServerFacts): number {
  const number = (name: string) => Number(facts.settings[name] ?? 0)
  const ofServer =
    number('max_connections') -
    number('superuser_reserved_connections') -
    number('reserved_connections')
  const limits = [facts.roleConnectionsMax, facts.databaseConnectionsMax].filter((max) => max >= 0)
  return Math.min(ofServer, ...limits)
}
