import { BlockList, isIP } from 'node:net'

export type IsOriginAllowed = (remoteAddress: string) => boolean

/**
 * Senders webhooks are accepted from; an empty list accepts all, for the signature is the proof.
 * @param cidrs `192.0.2.0/24`, `2001:db8::/32` or a single address @throws RangeError naming the entry that is neither
 */
export function createOriginAllowList(cidrs: readonly string[]): IsOriginAllowed {
  if (cidrs.length === 0) return () => true
  const allowed = new BlockList()
  for (const cidr of cidrs) {
    const [address = '', length] = cidr.split('/')
    const family = familyOf(address)
    const bits = length === undefined ? (family === 'ipv4' ? 32 : 128) : Number(length)
    if (family === undefined || !Number.isInteger(bits)) {
      throw new RangeError(`${cidr} is not a network such as 192.0.2.0/24.`)
    }
    allowed.addSubnet(address, bits, family)
  }
  return (remoteAddress) => {
    // A dual-stack socket shows IPv4 peers in this form.
    const address = remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '')
    const family = familyOf(address)
    return family !== undefined && allowed.check(address, family)
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  const version = isIP(address)
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}
