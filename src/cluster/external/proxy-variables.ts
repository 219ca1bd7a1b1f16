import { BlockList, isIP } from 'node:net'
import { setupError } from '../../base/errors.js'
import type { Endpoint } from '../cluster.js'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Throws a setupError if the environment names a proxy for an endpoint. Connections are always direct: a proxy would be measured with
 * the target, and a user who has one set may not reach the target without it.
 */
export function refuseProxies(endpoints: readonly Endpoint[], env: Environment): void {
  for (const endpoint of endpoints) {
    const variable = namesOf(endpoint).find((name) => env[name])
    if (variable === undefined || isExcepted(endpoint, env.no_proxy || env.NO_PROXY || '')) continue
    throw setupError(
      `${variable} is set, but wsbench connects to ${endpoint.host} directly`,
      `add ${endpoint.host} to NO_PROXY, or unset ${variable}`,
    )
  }
}

/** As curl reads them. */
function namesOf({ tls }: Endpoint): string[] {
  const scheme = tls === null ? 'http' : 'https'
  return [`${scheme}_proxy`, `${scheme}_proxy`.toUpperCase(), 'all_proxy', 'ALL_PROXY']
}

/** `list`: `*`, or hosts and domains (with all below them), each with a port or without, and IP ranges. */
function isExcepted({ host, port }: Endpoint, list: string): boolean {
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return true
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((item) => {
      if (item === '*' || isInRange(host, item)) return true
      const domain = item.replace(/^\*?\./, '').replace(new RegExp(`:${port}$`), '')
      const name = domain.replace(/^\[|\]$/g, '')
      return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`))
    })
}

function isInRange(host: string, item: string): boolean {
  const [, network = '', bits = ''] = /^(.*)\/(\d{1,3})$/.exec(item) ?? []
  const family = isIP(network)
  if (family === 0 || isIP(host) !== family || Number(bits) > (family === 4 ? 32 : 128)) return false
  const range = new BlockList()
  range.addSubnet(network, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return range.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
