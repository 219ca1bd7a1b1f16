import { formatDuration } from '../../../../base/format.js'
import type { ConfigRule } from '../../rule.js'
import { childrenOf, type Directive } from '../directive.js'
import { nginxMs, webSocketBlocks } from '../websocket-blocks.js'

/** Shorter than most sockets live. */
const SHORT_MS = 3_600_000

export const shutdownTimeout: ConfigRule<Directive> = {
  name: 'shutdown-timeout',
  explanation:
    'After each reload the old workers close every socket that is still open when worker_shutdown_timeout is over, all at the same moment and without a close frame. Clients see 1006 and reconnect together. It is the most frequent complaint about ingress-nginx.',
  change:
    'raise it, reload seldom, and have clients reconnect with jitter. Without the setting, old workers stay until their last socket has closed',
  experiment: "wsbench run smoke --set 'chaos=[{ at: 2s, event: reconnect-storm }]'",
  evidence(config) {
    if (webSocketBlocks(config).length === 0) return []
    return childrenOf(config, 'worker_shutdown_timeout').flatMap(({ place, args }) => {
      const timeoutMs = nginxMs(args[0] ?? '')
      if (timeoutMs === null || timeoutMs >= SHORT_MS) return []
      return [
        {
          place,
          found: `a reload closes all sockets after ${formatDuration(timeoutMs)}`,
          lines: ['worker_shutdown_timeout 4h;   # at the top of the file'],
        },
      ]
    })
  },
}
