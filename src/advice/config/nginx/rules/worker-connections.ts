import { formatCount } from '../../../../base/format.js'
import type { ConfigRule } from '../../rule.js'
import { childrenOf, type Directive } from '../directive.js'
import { webSocketBlocks } from '../websocket-blocks.js'

const DEFAULT = 512
/** 2,000 sockets for each worker; above that, the number was chosen and not left over from a template. */
const ENOUGH = 4_000

export const workerConnections: ConfigRule<Directive> = {
  name: 'worker-connections',
  explanation:
    'A WebSocket takes two connections of its worker, one to the client and one to the node, for as long as it is open. When they are used up nginx closes new connections at once ("worker_connections are not enough" in the error log).',
  change: 'raise worker_connections, and the descriptors that a worker may have',
  experiment: "wsbench run your-chat.yaml --find-max 'connections.failed == 0' --ramp clients=100..10k",
  evidence(config) {
    if (webSocketBlocks(config).length === 0) return []
    return childrenOf(config, 'events').flatMap((events) => {
      const set = childrenOf(events, 'worker_connections').at(-1)
      const connections = Number(set?.args[0] ?? DEFAULT)
      if (!(connections < ENOUGH)) return []
      return [
        {
          place: set?.place ?? events.place,
          found: `worker_connections is ${formatCount(connections)}${set ? '' : ' by default'}: ${formatCount(connections / 2)} sockets for each worker`,
          lines: [
            'worker_connections 32768;   # in events',
            'worker_rlimit_nofile 65536;   # at the top of the file',
          ],
        },
      ]
    })
  },
}
