import type { ServerFacts } from '../store/server-facts.ts'
import { type Finding, fail, ok } from './finding.ts'

const dangers: Record<string, string> = {
  fsync: 'a power cut can destroy the database',
  full_page_writes: 'a power cut can leave torn pages',
  synchronous_commit: 'a webhook is acknowledged before it is safe, so a crash can lose it',
}

/** An acknowledged event is never lost only if a commit has reached the disk. */
export function checkDurability({ settings }: ServerFacts): Finding {
  const off = Object.keys(dangers).filter((name) => settings[name] === 'off')
  if (off.length === 0) return ok('durability', 'A commit is on disk before it is told.')
  return fail(
    'durability',
    off.map((name) => `${name} is off: ${dangers[name]}.`).join(' '),
    `Run as superuser: ${off.map((name) => `alter system set ${name} = on;`).join(' ')} select pg_reload_conf(); and look for the same in the role's and database's settings.`,
  )
}
