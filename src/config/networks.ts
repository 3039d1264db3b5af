import { BlockList, isIP } from 'node:net'
import { quote, type Settings } from './settings.ts'

/** Networks as `address/prefix`; a bare address means just that one. */
export function readNetworks(settings: Settings, variable: string): string[] {
  return settings.list(variable).flatMap((given) => {
    const network = parseNetwork(given)
    if (network !== undefined) return [network]
    settings.report(
      variable,
      `must list networks like 10.0.0.0/8 or 2001:db8::/32, not ${quote(given)}.`,
      'Correct the entry; entries are separated by commas.',
    )
    return []
  })
}

function parseNetwork(given: string): string | undefined {
  const [address = '', prefix, ...rest] = given.split('/')
  const family = isIP(address)
  const bitsMax = family === 4 ? 32 : 128
  const bits = prefix === undefined ? bitsMax : Number(prefix)
  const wellFormed = prefix === undefined || /^\d{1,3}$/.test(prefix)
  if (family === 0 || rest.length > 0 || !wellFormed || bits > bitsMax) return undefined
  // The list that will judge addresses at run time has the last word on what it understands.
  new BlockList().addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
  return `${address}/${bits}`
}

/** True for names and addresses that never leave this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
