import { describe, expect, it } from 'vitest'
import { bridges } from '../reference-cluster/node/bridges/index.js'
import type { BridgeKind } from '../reference-cluster/node/contract.js'
import { miniature, set } from './support/miniature.js'
import { barePath, describeReal, wsbench } from './support/wsbench.js'

const kinds = Object.keys(bridges) as BridgeKind[]

for (const broker of ['redis', 'nats'] as const) {
  describeReal(`smoke over ${broker}-server`, [`${broker}-server`], () => {
    it.each(kinds.filter((bridge) => bridges[bridge].broker === broker))(
      '%s: a node is killed, every message is accounted for, backend and all',
      async (bridge) => {
        const backend = '{ channel: { name: news }, via: backend, publishers: 2, rate: 20/s }'
        const rooms = '{ channel: { name: chat, count: 5, members: 20 }, rate: 10/s }'
        const { code, stdout, stderr, result, orphans, leftovers } = await wsbench([
          ...['run', 'smoke', '--balancer', 'embedded'],
          ...miniature,
          ...set({ 'cluster.bridge': bridge, 'cluster.broker': broker, 'chaos[0].at': '1s' }),
          ...['--set', `traffic=[${backend}, ${rooms}]`],
        ])
        expect(result?.verdict, `${stdout}\n${stderr}`).toEqual({
          outcome: 'pass',
          reasons: [],
          attributedTo: [],
        })
        expect(result?.cluster).toMatchObject({ bridge, broker: { kind: broker, isEmbedded: false } })
        const { byChannel, published } = result!.delivery
        for (const channel of ['news', 'chat']) expect(byChannel[channel]!.delivered).toBeGreaterThan(0)
        expect(published.acked).toBeGreaterThan(0)
        expect(code).toBe(0)
        expect([...orphans, ...leftovers]).toEqual([])
      },
    )
  })
}

describe('on a machine without redis-server and nats-server', () => {
  it.each(kinds.filter((bridge) => bridges[bridge].broker !== null && !bridges[bridge].isEmbeddable))(
    '%s: exit 3 says what is missing, and what would do',
    async (bridge) => {
      const args = ['run', 'smoke', '--set', `cluster.bridge=${bridge}`]
      const { code, stderr } = await wsbench(args, { PATH: barePath() })
      expect(code).toBe(3)
      expect(stderr).toMatch(`${bridges[bridge].broker}-server is not installed`)
      expect(stderr).toMatch(/hint: apt-get install .*redis-pubsub/)
    },
  )
})
