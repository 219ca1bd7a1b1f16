import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { backendsOf, effectiveLine, isHttp, titleOf } from '../proxies.js'

export const cookieNeedsHttp: ConfigRule<readonly Section[]> = {
  name: 'cookie-needs-http',
  explanation:
    'Without "mode http" HAProxy passes bytes on and neither sets nor reads cookies. It starts with a warning, and each reconnect goes to the next node.',
  change: 'set "mode http" in the backend and in each frontend that uses it, or in defaults',
  experiment: "wsbench compare node-kill --over 'cluster.balancer=haproxy:cookie,haproxy:round-robin'",
  covers: /cookie will be ignored for|ignoring cookie for server/,
  evidence(config) {
    return backendsOf(config).flatMap((backend) => {
      const cookie = effectiveLine(backend, 'cookie')
      if (!cookie || isHttp(backend)) return []
      return [
        {
          place: cookie.place,
          found: `a cookie in ${titleOf(backend)}, which is in mode tcp`,
          lines: ['mode http   # in defaults, or in the backend and its frontends'],
        },
      ]
    })
  },
}
