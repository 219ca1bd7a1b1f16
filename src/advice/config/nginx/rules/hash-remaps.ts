import type { ConfigRule } from '../../rule.js'
import { childrenOf, type Directive, within } from '../directive.js'

export const hashRemaps: ConfigRule<Directive> = {
  name: 'hash-remaps',
  explanation:
    'hash without "consistent" takes the hash modulo the number of servers. A server that is added or removed moves nearly all clients to another node at their next reconnect, and what the nodes kept for them is lost.',
  change: 'add "consistent": then one of N servers moves 1/N of the clients',
  experiment: "wsbench compare scale-out --over 'cluster.balancer=nginx:ip-hash,nginx:consistent-hash'",
  evidence(config) {
    return [...within(config)]
      .filter(({ name }) => name === 'upstream')
      .filter((upstream) => childrenOf(upstream, 'server').length > 1)
      .flatMap((upstream) =>
        childrenOf(upstream, 'hash')
          .filter(({ args }) => args[1] !== 'consistent')
          .map(({ place, args }) => ({
            place,
            found: `hash ${args[0]} in upstream ${upstream.args[0]}`,
            lines: [`hash ${args[0]} consistent;   # in upstream ${upstream.args[0]}`],
          })),
      )
  },
}
