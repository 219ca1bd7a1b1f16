import { z } from 'zod'
import { quantity } from '../base/fields.js'
import { duration } from '../base/quantity.js'
import type { ChaosEvent } from './event.js'
import { type NodeTargets, namedNodes, nodeTargets, resolveTargets } from './node-selection.js'
import { AFTERMATH_MS, lasting } from './span.js'

interface LatencyArguments {
  readonly nodes: NodeTargets
  readonly delay: number
  readonly jitter: number
  readonly for: number
}

/** A slower path between nodes and broker: every byte comes later, in order, each way. */
export const latency: ChaosEvent<LatencyArguments> = {
  kind: 'latency',
  summary: 'delay all that passes between nodes and broker, each way, for a while',
  explains: { disconnects: false, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({
    nodes: nodeTargets.default('all'),
    delay: quantity(duration, { from: '1ms', to: '1m' }).prefault('100ms').describe('each way'),
    jitter: quantity(duration, { to: '1m' }).prefault('0ms').describe('uniform, up to this more or less'),
    for: lasting,
  }),
  needs: ['broker-path'],
  namesNodes: ({ nodes }) => namedNodes(nodes),
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(cluster, { nodes, delay, jitter, for: forMs }, { random, affect, wait }) {
    const targets = resolveTargets(cluster, nodes, random)
    const seed = Math.floor(random() * 2 ** 32)
    affect(targets)
    await cluster.shapeBrokerPath(targets, { kind: 'delay', delayMs: delay, jitterMs: jitter, seed })
    await wait(forMs)
    await cluster.shapeBrokerPath(targets, { kind: 'clear' })
  },
}
