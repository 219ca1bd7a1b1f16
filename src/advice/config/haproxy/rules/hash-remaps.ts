import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { backendsOf, effectiveLine, hashingLine, linesOf, titleOf } from '../proxies.js'

export const hashRemaps: ConfigRule<readonly Section[]> = {
  name: 'hash-remaps',
  explanation:
    'Without "hash-type consistent" HAProxy takes the hash modulo the weight of the servers that are up. A server that comes or goes moves nearly all clients to another node at their next reconnect.',
  change: 'use the consistent hash: then one of N servers moves 1/N of the clients',
  experiment:
    "wsbench compare scale-out --over 'cluster.balancer=haproxy:consistent-hash,haproxy:round-robin'",
  evidence(config) {
    return backendsOf(config).flatMap((backend) => {
      const hash = hashingLine(backend)
      const isConsistent = effectiveLine(backend, 'hash-type')?.words[1] === 'consistent'
      if (!hash || isConsistent || linesOf(backend, 'server').length === 1) return []
      return [
        {
          place: hash.place,
          found: `${hash.words.join(' ')} in ${titleOf(backend)}`,
          lines: [`hash-type consistent   # in ${titleOf(backend)}`],
        },
      ]
    })
  },
}
