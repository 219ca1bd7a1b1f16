import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { titleOf } from '../proxies.js'

export const shutdownSessions: ConfigRule<readonly Section[]> = {
  name: 'shutdown-sessions',
  explanation:
    'With "on-marked-down shutdown-sessions" all sockets of a node are closed within a millisecond when its check fails or it is put into maintenance. A slow health check becomes a storm of reconnects, and no drain is possible.',
  change: 'remove it; clients notice a dead node by its closed sockets, and a frozen one by heartbeats',
  experiment: 'wsbench run node-drain --set cluster.balancer.kind=haproxy',
  evidence(config) {
    return config.flatMap((section) =>
      section.lines
        .filter(({ words }) => words[words.indexOf('on-marked-down') + 1] === 'shutdown-sessions')
        .filter(({ words }) => words.includes('on-marked-down'))
        .map(({ place, words }) => ({
          place,
          found: `${words.slice(0, words[0] === 'server' ? 2 : 1).join(' ')} in ${titleOf(section)}`,
          lines: [],
        })),
    )
  },
}
