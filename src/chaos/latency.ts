import { z } from 'zod'
import { setupError } from '../base/errors.js'
import { quantity } from '../base/fields.js'
import { formatDuration } from '../base/format.js'
import { duration } from '../base/quantity.js'
import type { ChaosEvent } from './event.js'
import { actsOnNodes, type NodesSelection, nodesSelection } from './node-selection.js'
import { AFTERMATH_MS, lasting } from './span.js'

interface LatencyArguments {
  readonly nodes: NodesSelection
  readonly delay: number
  readonly jitter: number
  readonly for: number
}

/** For the broker itself. */
const ANSWER_WITHIN_MS = 2_000

/** A slower path between nodes and broker: every byte arrives later, in order, in both directions. */
export const latency: ChaosEvent<LatencyArguments> = {
  kind: 'latency',
  summary: 'delay everything between nodes and broker for a while, in both directions',
  explains: { disconnects: false, lossesInFlight: 'of its nodes' },
  arguments: z.strictObject({
    nodes: nodesSelection.default('all'),
    delay: quantity(duration, { from: '1ms', to: '1m' }).prefault('100ms').describe('in each direction'),
    jitter: quantity(duration, { to: '1m' }).prefault('0ms').describe('uniform, up to this more or less'),
    for: lasting,
  }),
  needs: ['broker-path'],
  ...actsOnNodes,
  windowMs: (action) => action.for + AFTERMATH_MS,
  async inject(cluster, { delay, jitter, for: forMs }, { nodes, random, wait, observe }) {
    const seed = Math.floor(random() * 2 ** 32)
    await cluster.shapeBrokerPath(nodes, { kind: 'delay', delayMs: delay, jitterMs: jitter, seed })
    const asked = nodes.map(async (node) => {
      const tookMs = await cluster.brokerAnswerMs(node, 2 * (delay + jitter) + ANSWER_WITHIN_MS)
      return { node, tookMs }
    })
    await wait(forMs)
    await cluster.shapeBrokerPath(nodes, { kind: 'clear' })
    for (const { node, tookMs } of await Promise.all(asked)) {
      if (tookMs !== null && tookMs < delay - jitter)
        throw setupError(`the broker answered ${node} after ${formatDuration(tookMs)}: it was not delayed`)
      observe(
        `the broker ${tookMs === null ? 'did not answer' : `took ${formatDuration(tookMs)} to answer`} over the path of ${node}`,
      )
    }
  },
}
