import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { backendsOf, effectiveLine, frontendsOf, timeoutMs, titleOf } from '../proxies.js'

/** A tunnel that is given up within a minute needs nothing else. */
const LONG_MS = 60_000

export const clientFinTimeout: ConfigRule<readonly Section[]> = {
  name: 'client-fin-timeout',
  explanation:
    'A client that vanishes while the other side has closed leaves a half-closed socket. It stays for the whole tunnel timeout, and counts against maxconn; after a storm of reconnects there are thousands.',
  change: 'give half-closed connections a short timeout',
  experiment: "wsbench run your-chat.yaml --set 'chaos=[{ at: 5s, event: reconnect-storm }]'",
  evidence(config) {
    const isLong = backendsOf(config).some((backend) => (timeoutMs(backend, 'tunnel') ?? 0) > LONG_MS)
    if (!isLong) return []
    return frontendsOf(config)
      .filter((frontend) => !effectiveLine(frontend, 'timeout', 'client-fin'))
      .map((frontend) => ({
        place: frontend.place,
        found: `${titleOf(frontend)} has a long tunnel timeout and no timeout client-fin`,
        lines: [`timeout client-fin 30s   # in ${titleOf(frontend)}, or in defaults`],
      }))
  },
}
