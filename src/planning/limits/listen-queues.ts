import type { Plan } from '../../plan/plan.js'
import { listenersOf } from '../connect-rate.js'
import type { Machine } from '../machine.js'
import type { Limit } from './limit.js'

/** The kernel assigns connections to queues by hash, so some queues get more than the mean. */
const UNEVEN_SPREAD = 1.25

/** The generator has at most one second's worth of handshakes in progress, and all of them may wait in listen queues. */
export function listenQueueLimits({ cluster, clients }: Plan, { kernel: { listenQueue } }: Machine): Limit[] {
  if (cluster.driver === 'target') return []
  const queues = [
    { of: 'the balancer', listeners: listenersOf(cluster.balancer) },
    { of: 'a node', listeners: cluster.nodes },
  ]
  return queues.map(({ of, listeners }) => {
    const needed = Math.ceil((clients.connectRateHz / listeners) * (listeners > 1 ? UNEVEN_SPREAD : 1))
    return {
      name: `listen queue of ${of}`,
      needed,
      available: listenQueue,
      unit: 'count',
      kind: 'soft',
      message: '',
      fix: `lower clients.connectRate; or sysctl -w net.core.somaxconn=${2 ** Math.ceil(Math.log2(needed + 1))}`,
    }
  })
}
