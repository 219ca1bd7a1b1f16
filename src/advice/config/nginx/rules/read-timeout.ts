import { formatDuration } from '../../../../base/format.js'
import type { ConfigRule } from '../../rule.js'
import { type Directive, effective, titleOf } from '../directive.js'
import { nginxMs, webSocketBlocks } from '../websocket-blocks.js'

const DEFAULT_MS = 60_000
/** Without a known heartbeat: as long as no user expects a socket to be quiet. */
const ENOUGH_MS = 10 * 60_000

export const readTimeout: ConfigRule<Directive> = {
  name: 'read-timeout',
  explanation:
    'nginx closes a WebSocket when the node has sent nothing for proxy_read_timeout. There is no close frame, so clients see 1006 and reconnect: a quiet channel disconnects its members again and again.',
  change: 'raise the timeout above the heartbeat of the node, and have the node ping',
  experiment: 'wsbench run your-chat.yaml --set traffic[0].rate=30/h --set phases.measure=3m',
  evidence(config, { heartbeatMs }) {
    return webSocketBlocks(config).flatMap((block) => {
      const set = effective(block, 'proxy_read_timeout').at(-1)
      const timeoutMs = set ? nginxMs(set.args[0] ?? '') : DEFAULT_MS
      const isEnough = timeoutMs === null || timeoutMs > (heartbeatMs ?? ENOUGH_MS - 1)
      if (isEnough) return []
      const cause =
        heartbeatMs === null
          ? 'no heartbeat is known (--heartbeat)'
          : `the heartbeat is ${formatDuration(heartbeatMs)}`
      return [
        {
          place: set?.place ?? block.place,
          found: `proxy_read_timeout is ${formatDuration(timeoutMs)}${set ? '' : ' by default'} in ${titleOf(block)}, and ${cause}`,
          lines: [`proxy_read_timeout 1h;   # in ${titleOf(block)}`],
        },
      ]
    })
  },
}
