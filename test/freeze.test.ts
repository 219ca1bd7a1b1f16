import { expect, it } from 'vitest'
import type { ClusterNode } from '../src/cluster/cluster.js'
import { httpGet } from '../src/cluster/http-get.js'
import { patience } from './support/miniature.js'
import { runLocally } from './support/run-local.js'
import { describeReal } from './support/wsbench.js'

/** Asks each node for its health, again and again; `ended` gives all answers of each, those that repeat left out. */
function watchHealth(nodes: readonly ClusterNode[]) {
  let isOver = false
  const watched = nodes.map(async ({ host, port }) => {
    const statuses: number[] = []
    while (!isOver) {
      const status = (await httpGet({ host, port, tls: null }, '/health'))?.status
      if (status !== undefined && statuses.at(-1) !== status) statuses.push(status)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return statuses
  })
  return {
    ended() {
      isOver = true
      return Promise.all(watched)
    },
  }
}

describeReal(
  'a broker that is frozen for longer than its nodes wait',
  ['redis-server', 'nats-server'],
  () => {
    it.each(['redis-pubsub', 'nats'])('%s: is noticed, and all is well once it goes on', async (bridge) => {
      let health: ReturnType<typeof watchHealth> | null = null
      const { delivery, events, verdict } = await runLocally(
        `{ name: freeze, clients: { count: 40 },
         cluster: { nodes: 2, bridge: ${bridge}, brokerPatience: 1s, balancer: { kind: embedded } },
         traffic: [{ channel: { name: scores }, rate: 20/s }, { channel: { name: deals }, via: backend, rate: 20/s }],
         chaos: [{ at: 1s, event: broker-freeze, for: 4s }],
         phases: { warmup: 500ms, measure: 8s, grace: 2s }, validity: ${patience} }`,
        (cluster) => {
          health = watchHealth(cluster.nodes)
          return cluster
        },
        { onStage: (stage) => void (stage === 'judge' && health?.ended()) },
      )
      expect(verdict).toEqual({ outcome: 'pass', reasons: [], attributedTo: [] })
      expect(await health!.ended()).toEqual([
        [200, 503, 200],
        [200, 503, 200],
      ])
      expect(events[0]).toMatchObject({ affectedClients: 0, failure: null })
      // For 3 s of 8.5 s, but for those that were on their way when it froze: the backend's fail, the nodes refuse the others.
      const { sent, acked, failed } = delivery.published
      expect(failed).toBeGreaterThan(40)
      expect(sent - acked).toBeGreaterThan(40)
      expect(acked).toBeGreaterThan(sent / 2)
      expect(
        Object.keys(delivery.byCause).filter((cause) => delivery.byCause[cause]!.lost > 0),
      ).not.toContain('unexplained')
      expect([delivery.lostOnDisconnect, delivery.lostWhileOffline, delivery.unexpected]).toEqual([0, 0, 0])
    })
  },
)
