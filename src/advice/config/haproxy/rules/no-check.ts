import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { backendsOf, effectiveLine, linesOf, titleOf } from '../proxies.js'

export const noCheck: ConfigRule<readonly Section[]> = {
  name: 'no-check',
  explanation:
    'A server without "check" is never found dead. New sockets go to it for as long as it is listed, and each waits until its retries are over.',
  change: 'check each server, by a request that says whether the node is ready for sockets',
  experiment: 'wsbench run node-kill --set cluster.balancer.kind=haproxy',
  evidence(config) {
    return backendsOf(config).flatMap((backend) => {
      const servers = [...linesOf(backend, 'server'), ...linesOf(backend, 'server-template')]
      const isChecked = effectiveLine(backend, 'default-server')?.words.includes('check')
      const unchecked = servers.filter(({ words }) => !words.includes('check') && !words.includes('track'))
      const [first] = unchecked
      if (isChecked || !first || servers.length < 2) return []
      const names = unchecked.map(({ words }) => words[1]).join(', ')
      return [
        {
          place: first.place,
          found: `${titleOf(backend)}: ${names} without check`,
          lines: ['option httpchk GET /health', 'default-server check inter 1s fall 2 rise 1'].map(
            (line) => `${line}   # in ${titleOf(backend)}`,
          ),
        },
      ]
    })
  },
}
