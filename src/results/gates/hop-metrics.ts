import { type Metric, summaryMetrics } from './metric.js'

const hops = {
  toNode: "from the publisher's write to its node",
  broker: 'from node over the broker to node',
  toClient: "from the subscriber's node to it",
  sameNode: 'from write to receipt, publisher and subscriber on one node',
  crossNode: 'from write to receipt, publisher and subscriber on two nodes',
} as const

/** Metrics of each hop of a message's way. */
export function hopMetrics(): Metric[] {
  return Object.entries(hops).flatMap(([hop, what]) =>
    summaryMetrics({
      prefix: `latency.hop.${hop}`,
      what,
      summaryOf: ({ latency }) => latency.hops?.[hop as keyof typeof hops],
    }),
  )
}
