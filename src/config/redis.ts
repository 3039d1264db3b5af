import { Secret } from './secrets.ts'
import type { Settings } from './settings.ts'

/** One Redis server. Its address may be shown; the name and password it is signed in with may not. */
export type RedisNode = {
  host: string
  port: number
  database: number
  isEncrypted: boolean
  username?: Secret
  password?: Secret
}

const NODE_COUNT_MAX = 9
const DATABASE_MAX = 65_535
const PORT_DEFAULT = 6379

/** The servers of `REDIS_URL`, in order and without repeats; none when it is not set: everything works without Redis. */
export function readRedis(settings: Settings): RedisNode[] {
  const given = settings.list('REDIS_URL')
  const nodes = given.map(parseNode)
  const wrong = nodes.indexOf(undefined)
  if (wrong >= 0) {
    // The value is not shown: it may hold a password.
    settings.report(
      'REDIS_URL',
      `${given.length === 1 ? 'must' : `number ${wrong + 1} must`} be an address of the form redis://host:6379/0, or rediss:// for TLS.`,
      'Write redis://user:password@host:6379/0; percent-encode special characters and commas in the password; servers are separated by commas.',
    )
  }
  if (nodes.length > NODE_COUNT_MAX) {
    const rule = `must list at most ${NODE_COUNT_MAX} servers, not ${nodes.length}.`
    settings.report('REDIS_URL', rule, 'Remove those that are not needed.')
  }
  return nodes.filter((node) => node !== undefined)
}

function parseNode(given: string): RedisNode | undefined {
  const url = URL.parse(given)
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return undefined
  // Parameters would silently mean nothing here, and mean something to other clients.
  if (url.search !== '' || url.hash !== '' || !/^(?:\/\d*)?$/.test(url.pathname)) return undefined
  const database = Number(url.pathname.slice(1))
  const username = decode(url.username)
  const password = decode(url.password)
  if (database > DATABASE_MAX || username === undefined || password === undefined) return undefined
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORT_DEFAULT : Number(url.port),
    database,
    isEncrypted: url.protocol === 'rediss:',
    ...(username !== '' && { username: new Secret(username) }),
    ...(password !== '' && { password: new Secret(password) }),
  }
}

/** Undefined: a stray `%`. */
function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** What a client connects with: who signs in, in clear text. */
export function revealRedisNode({ username, password, ...node }: RedisNode) {
  return {
    ...node,
    ...(username !== undefined && { username: username.reveal() }),
    ...(password !== undefined && { password: password.reveal() }),
  }
}

/** For people: the address without who signs in. */
export function showRedisNode({ host, port, database, isEncrypted }: RedisNode): string {
  const shown = host.includes(':') ? `[${host}]` : host
  return `${isEncrypted ? 'rediss' : 'redis'}://${shown}:${port}/${database}`
}
