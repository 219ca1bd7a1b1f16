import { formatDuration } from '../../../../base/format.js'
import type { ConfigRule } from '../../rule.js'
import type { Section } from '../parse.js'
import { backendsOf, effectiveLine, timeoutMs, titleOf } from '../proxies.js'

/** Without a known heartbeat: as long as no user expects a socket to be quiet. */
const ENOUGH_MS = 10 * 60_000

export const tunnelTimeout: ConfigRule<readonly Section[]> = {
  name: 'tunnel-timeout',
  explanation:
    'After the 101 only "timeout tunnel" counts; without it, the shorter of "timeout client" and "timeout server". When it is over, HAProxy closes the quiet socket without a close frame, and the client sees 1006.',
  change: 'set "timeout tunnel" above the heartbeat, and have the node ping',
  experiment: 'wsbench run your-chat.yaml --set traffic[0].rate=30/h --set phases.measure=3m',
  evidence(config, { heartbeatMs }) {
    return backendsOf(config).flatMap((backend) => {
      const tunnel = effectiveLine(backend, 'timeout', 'tunnel')
      const others = ['client', 'server'].flatMap((name) => timeoutMs(backend, name) ?? [])
      const limitMs = tunnel ? timeoutMs(backend, 'tunnel') : Math.min(...others)
      const isEnough = limitMs === null || limitMs > (heartbeatMs ?? ENOUGH_MS - 1)
      if (isEnough) return []
      const name = tunnel ? 'timeout tunnel is' : 'no timeout tunnel, and the shortest other timeout is'
      return [
        {
          place: tunnel?.place ?? backend.place,
          found: `${titleOf(backend)}: ${name} ${formatDuration(limitMs)}`,
          lines: [`timeout tunnel 1h   # in ${titleOf(backend)}, or in defaults`],
        },
      ]
    })
  },
}
