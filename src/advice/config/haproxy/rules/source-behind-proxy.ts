import type { ConfigRule } from '../../rule.js'
import type { ConfigLine, Section } from '../parse.js'
import { backendsOf, frontendsOf, hashingLine, linesOf, titleOf } from '../proxies.js'

const forwarded = /x-forwarded-for|cf-connecting-ip|true-client-ip|x-real-ip/i

export const sourceBehindProxy: ConfigRule<readonly Section[]> = {
  name: 'source-behind-proxy',
  explanation:
    '"balance source" hashes the address that connects. Behind a proxy or CDN that is the address of the proxy: all clients are one source, and one node gets all sockets.',
  change: 'take the address of the client from the proxy (PROXY protocol), or hash what the proxy forwards',
  experiment:
    "wsbench compare playbook/nat-ip-hash --over 'cluster.balancer=haproxy:ip-hash,haproxy:least-connections'",
  evidence(config) {
    return backendsOf(config).flatMap((backend) => {
      const hash = hashingLine(backend)
      const sign = hash?.words[1] === 'source' ? signOfProxy(config) : undefined
      if (!hash || sign === undefined) return []
      return [
        {
          place: hash.place,
          found: `balance source in ${titleOf(backend)}, behind a proxy: ${sign}`,
          lines: [
            `balance hdr(x-forwarded-for)   # in ${titleOf(backend)}; a client can write this header itself`,
          ],
        },
      ]
    })
  },
}

/** What says that a proxy is in front; undefined if nothing does, or if the client's address is restored. */
function signOfProxy(config: readonly Section[]): string | undefined {
  const frontends = frontendsOf(config)
  const binds = frontends.flatMap((frontend) => linesOf(frontend, 'bind'))
  if (binds.some(({ words }) => words.includes('accept-proxy'))) return undefined
  const lines = frontends.flatMap((frontend) => frontend.lines)
  if (lines.some(({ words }) => words.includes('set-src'))) return undefined
  if (binds.length > 0 && binds.every(isLocal)) return `it binds ${binds[0]!.words[1]} only`
  const reads = lines.find(({ words }) => words[0] !== 'option' && forwarded.test(words.join(' ')))
  return reads && `${reads.words.slice(0, 2).join(' ')} reads ${forwarded.exec(reads.words.join(' '))![0]}`
}

function isLocal({ words }: ConfigLine): boolean {
  return /^(?:127\.|localhost:|\[?::1|unix@|\/)/.test(words[1] ?? '')
}
