import { isLoopback } from './networks.ts'
import { Secret } from './secrets.ts'
import type { ServerConfig } from './server.ts'
import type { Settings } from './settings.ts'

export type DatabaseConfig = {
  database: { kind: 'embedded'; dataDir: string } | { kind: 'url'; url: Secret }
  /** connections kept open at most */
  databasePoolSize: number
  /** connections beyond the pool that a burst may open for a moment */
  databaseMaxOverflow: number
}

const CONNECTIONS_MAX = 1000

export function readDatabase(settings: Settings, server: ServerConfig): DatabaseConfig {
  // Two appliers hold two connections each while they name a batch; the fifth is the intake's.
  const pool = { fallback: 10, min: 5, max: CONNECTIONS_MAX }
  const overflow = { fallback: 0, min: 0, max: CONNECTIONS_MAX }
  return {
    database: readLocation(settings, server),
    databasePoolSize: settings.integer('DATABASE_POOL_SIZE', pool),
    databaseMaxOverflow: settings.integer('DATABASE_MAX_OVERFLOW', overflow),
  }
}

function readLocation(settings: Settings, server: ServerConfig): DatabaseConfig['database'] {
  const isProduction = server.environment === 'production'
  const given = isProduction
    ? settings.text('DATABASE_URL')
    : settings.text('DATABASE_URL', 'embedded')
  const embedded = { kind: 'embedded', dataDir: server.dataDir } as const
  if (given === undefined) {
    settings.report(
      'DATABASE_URL',
      'is required in production.',
      'Set postgresql://user:password@host:5432/name?sslmode=verify-full, or the word embedded to run the database inside the data folder.',
    )
  }
  if (given === undefined || given.toLowerCase() === 'embedded') return embedded

  // Python's drivers add their own name to the scheme; the address means the same database.
  const text = given.replace(/^postgres(?:ql)?(?:\+[a-z0-9]+)?:/i, 'postgresql:')
  // `user@/name?host=/run/postgresql` is how a socket is written, and no URL without a host.
  const url = URL.parse(text.replace('@/', '@localhost/'))
  if (url === null || url.protocol !== 'postgresql:' || url.pathname.length < 2) {
    // The value is not shown: it usually holds the password.
    settings.report(
      'DATABASE_URL',
      'must be a PostgreSQL address with a database name, or the word embedded.',
      'Write postgresql://user:password@host:5432/name; percent-encode special characters in the password.',
    )
  } else if (server.environment === 'production' && isUnencrypted(url)) {
    settings.report(
      'DATABASE_URL',
      'must say how the connection to another machine is encrypted.',
      'Add ?sslmode=verify-full (or require), or ?sslmode=disable if the network between them is yours alone.',
    )
  }
  return { kind: 'url', url: new Secret(text) }
}

function isUnencrypted(url: URL): boolean {
  const silent = !url.searchParams.has('sslmode') && !url.searchParams.has('ssl')
  return silent && !isLocal(url)
}

/** An address without a host, or with a folder as `host`, is a Unix socket. */
function isLocal(url: URL): boolean {
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname)
  return host === '' || host.startsWith('/') || isLoopback(host)
}
