import type { Cluster, ClusterNode } from '../../cluster/cluster.js'
import type { InjectContext } from '../event.js'

/** Test support: a cluster of four nodes, n4 draining, that does nothing and notes, in order, what was asked of it. */
export function recordingCluster() {
  const asked: string[] = []
  const note =
    (what: string) =>
    async (...details: readonly unknown[]): Promise<void> => {
      asked.push([what, ...details.map((detail) => JSON.stringify(detail))].join(' '))
    }
  const nodes: ClusterNode[] = ['n1', 'n2', 'n3', 'n4'].map((id) => ({
    id,
    host: '127.0.0.1',
    port: 1,
    state: id === 'n4' ? 'draining' : 'up',
  }))
  const cluster: Omit<
    Cluster,
    'info' | 'endpoints' | 'brokerUrl' | 'sample' | 'unexpectedExits' | 'poolRemovals' | 'down'
  > = {
    nodes,
    addNodes: async (count) => {
      await note('add')(count)
      return []
    },
    killNode: note('kill'),
    drainNode: note('drain'),
    restartNode: note('restart'),
    freeze: note('freeze'),
    thaw: note('thaw'),
    reloadBalancer: note('reload balancer'),
    killBalancer: note('kill balancer'),
    startBalancer: note('start balancer'),
    killBroker: note('kill broker'),
    startBroker: note('start broker'),
    disconnectBroker: note('disconnect broker'),
    shapeBrokerPath: note('shape'),
  }
  return { cluster: cluster as Cluster, asked, note }
}

/** A context that notes into `asked` too. `hasTime`: whether waits end before measuring does. */
export function recordingContext(asked: string[], { hasTime = true, drawn = 0.5 } = {}): InjectContext {
  return {
    random: () => drawn,
    affect: (ids) => void asked.push(`affect ${ids.join(' ')}`.trim()),
    wait: async (ms) => {
      asked.push(`wait ${ms}`)
      return hasTime
    },
    registerUndo: (words) => {
      asked.push(`registerUndo ${words}`)
      return () => void asked.push('undone')
    },
    disturb: (disturbance) => {
      asked.push(`disturb ${JSON.stringify(disturbance)}`)
      return () => void asked.push('endDisturbance')
    },
  }
}
