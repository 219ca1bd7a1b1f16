import type { ConfigRule } from '../../rule.js'
import { childrenOf, type Directive, effective, enclosing, within } from '../directive.js'
import { passingBlocks, upstreamOf } from '../websocket-blocks.js'

const proxyVariables =
  /\$(?:http_x_forwarded_for|http_x_real_ip|http_cf_connecting_ip|http_true_client_ip|proxy_protocol_addr)\b/

export const ipHashBehindProxy: ConfigRule<Directive> = {
  name: 'ip-hash-behind-proxy',
  explanation:
    'ip_hash looks at the first three octets of the address that connects. Behind a proxy or CDN that is the address of the proxy: all clients are one source, and one node gets all sockets.',
  change: 'take the address of the client from the proxy (realip), or choose the node by something else',
  experiment:
    "wsbench compare playbook/nat-ip-hash --over 'cluster.balancer=nginx:ip-hash,nginx:least-connections'",
  evidence(config) {
    return passingBlocks(config).flatMap((block) => {
      const upstream = upstreamOf(config, block)
      const hash = upstream && hashOfAddress(upstream)
      const server = enclosing(block, 'server')
      const proxy = hash && server && signOfProxy(server)
      if (!proxy || effective(block, 'real_ip_header').length > 0) return []
      const header = proxy.includes('proxy_protocol') ? 'proxy_protocol' : 'X-Forwarded-For'
      return [
        {
          place: hash.place,
          found: `${hash.name} in upstream ${upstream.args[0]}, behind a proxy: ${proxy}`,
          lines: [
            'set_real_ip_from 10.0.0.0/8;   # in server; the addresses of your proxy',
            `real_ip_header ${header};   # in server`,
          ],
        },
      ]
    })
  },
}

function hashOfAddress(upstream: Directive): Directive | undefined {
  const byHash = childrenOf(upstream, 'hash').find(({ args }) =>
    /^\$(?:binary_)?remote_addr$/.test(args[0] ?? ''),
  )
  return childrenOf(upstream, 'ip_hash')[0] ?? byHash
}

/** What says that another proxy connects to this server; undefined if nothing does. */
function signOfProxy(server: Directive): string | undefined {
  const listens = childrenOf(server, 'listen')
  if (listens.some(({ args }) => args.includes('proxy_protocol'))) return 'listen … proxy_protocol'
  if (
    listens.length > 0 &&
    listens.every(({ args }) => /^(?:unix:|127\.|localhost:|\[::1\])/.test(args[0] ?? ''))
  )
    return `it listens on ${listens[0]!.args[0]} only`
  const reads = [...within(server)].find(({ args }) => args.some((arg) => proxyVariables.test(arg)))
  return reads && `${reads.name} reads ${proxyVariables.exec(reads.args.join(' '))![0]}`
}
