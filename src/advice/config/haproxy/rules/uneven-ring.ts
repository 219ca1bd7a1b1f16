import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { backendsOf, effectiveLine, hashingLine, linesOf, titleOf } from '../proxies.js'

const ENOUGH_WEIGHT = 50

export const unevenRing: ConfigRule<readonly Section[]> = {
  name: 'uneven-ring',
  explanation:
    'The consistent hash has 16 points on its ring for each unit of weight. With weight 1 the fullest of four nodes has about 26 % more sockets than the mean, with weight 100 about 2 %.',
  change: 'give all servers weight 100; only the ratio of weights counts otherwise',
  experiment:
    'wsbench run scale-out --set cluster.balancer.kind=haproxy --set cluster.balancer.strategy=consistent-hash',
  evidence(config) {
    return backendsOf(config).flatMap((backend) => {
      const servers = [...linesOf(backend, 'server'), ...linesOf(backend, 'server-template')]
      const common = weightIn(effectiveLine(backend, 'default-server')?.words)
      const weights = servers.map(({ words }) => weightIn(words) ?? common ?? 1)
      const isRing = hashingLine(backend) && effectiveLine(backend, 'hash-type')?.words[1] === 'consistent'
      if (!isRing || servers.length < 2 || Math.max(...weights) >= ENOUGH_WEIGHT) return []
      return [
        {
          place: servers[0]!.place,
          found: `hash-type consistent in ${titleOf(backend)}, with weight ${Math.max(...weights)}`,
          lines: [`default-server weight 100   # in ${titleOf(backend)}, before its servers`],
        },
      ]
    })
  },
}

function weightIn(words: readonly string[] = []): number | undefined {
  const at = words.indexOf('weight')
  return at === -1 ? undefined : Number(words[at + 1])
}
