// Which network a visitor is counted by, and what of it is kept of a browser that signs in. Pure. Called by app.ts and accounts/device.ts.

/** An IPv4 address, or the /64 of an IPv6 address: whoever has one address of it has them all. Anything else as it is. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped) return mapped[1] as string
  const [head = '', tail] = address.toLowerCase().split('::')
  const left = head.split(':').filter(Boolean)
  const right = tail === undefined ? [] : tail.split(':').filter(Boolean)
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}

/**
 * What may be kept of an address: the /24 of IPv4, the /48 of IPv6, as `203.0.113.0/24`. Empty for what is no address.
 */
export function wideNetworkOf(address: string): string {
  const network = networkOf(address.trim())
  const four = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(network)
  if (four) return `${four[1]}.0/24`
  const six = /^([0-9a-f]{1,4}:[0-9a-f]{1,4}:[0-9a-f]{1,4}):/.exec(network)
  return six ? `${six[1]}::/48` : ''
}
