import { z } from 'zod'
import type { ChaosEvent } from './event.js'
import { watchSilence } from './evidence.js'
import { actsOnNodes, type NodesSelection, nodesSelection } from './node-selection.js'
import { AFTERMATH_MS, lasting } from './span.js'

/** A black hole between nodes and broker: no packet gets through, and no connection is closed. */
export const partition: ChaosEvent<{ readonly nodes: NodesSelection; readonly for: number }> = {
  kind: 'partition',
  summary: 'drop everything between nodes and broker for a while; connections stay open',
  explains: { disconnects: false, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({ nodes: nodesSelection.default('random'), for: lasting }),
  needs: ['broker-path'],
  ...actsOnNodes,
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(cluster, action, { nodes, wait, observe }) {
    await cluster.shapeBrokerPath(nodes, { kind: 'black-hole' })
    const endWatches = nodes.map((node) => {
      const answers = async (withinMs: number) => (await cluster.brokerAnswerMs(node, withinMs)) !== null
      return watchSilence(`the broker, over the path of ${node},`, answers, action.for)
    })
    await wait(action.for)
    const silences = endWatches.map((end) => end())
    await cluster.shapeBrokerPath(nodes, { kind: 'clear' })
    for (const silence of silences) if (silence !== undefined) observe(silence)
  },
}
