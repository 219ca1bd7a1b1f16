import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { backendsOf, effectiveLine, hashingLine, titleOf } from '../proxies.js'

export const slowRedispatch: ConfigRule<readonly Section[]> = {
  name: 'slow-redispatch',
  explanation:
    'A client whose cookie or hash names a dead node is tried there first. With a plain "option redispatch" another node is chosen at the last of 3 retries, one second apart: after 2 s, and later if the address does not answer ("timeout connect" each time). Without the option it gets 503 until a check has found the node down.',
  change: 'choose another node after the first retry',
  experiment:
    'wsbench run node-kill --set cluster.balancer.kind=haproxy --set cluster.balancer.strategy=cookie',
  evidence(config) {
    return backendsOf(config).flatMap((backend) => {
      const persistence = effectiveLine(backend, 'cookie') ?? hashingLine(backend)
      if (!persistence || effectiveLine(backend, 'option', 'redispatch')?.words[2] === '1') return []
      return [
        {
          place: persistence.place,
          found: `${titleOf(backend)} keeps clients on their node by ${persistence.words.slice(0, 2).join(' ')}, without "option redispatch 1"`,
          lines: [`option redispatch 1   # in ${titleOf(backend)}`, `retries 3   # in ${titleOf(backend)}`],
        },
      ]
    })
  },
}
