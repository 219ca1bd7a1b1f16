import { expect, it } from 'vitest'
import type { Result } from '../src/results/result.js'
import { miniature, set } from './support/miniature.js'
import { describeReal, wsbench } from './support/wsbench.js'

interface Trial {
  readonly balancer: 'nginx' | 'haproxy'
  readonly bridge: 'redis-pubsub' | 'redis-streams' | 'nats-jetstream'
  readonly mode: 'close' | 'staggered' | 'handover'
  readonly resume: boolean
}

async function drained({ balancer, bridge, mode, resume }: Trial): Promise<Result> {
  const { stdout, stderr, result, orphans, leftovers } = await wsbench([
    ...['run', 'node-drain', '--balancer', balancer, ...miniature],
    ...set({ 'chaos[0].at': '1s', 'chaos[0].node': 1, 'traffic[0].rate': '20/s', 'cluster.nodes': 3 }),
    ...set({ 'cluster.bridge': bridge, 'cluster.drain.mode': mode, 'cluster.drain.window': '1s' }),
    ...set({ 'clients.reconnect.resume': `${resume}` }),
  ])
  expect(result, stderr).not.toBeNull()
  expect(result!.verdict, stdout).toEqual({ outcome: 'pass', reasons: [], attributedTo: [] })
  expect(result!.events[0], stdout).toMatchObject({ id: 'node-drain#1', targets: ['n1'], failure: null })
  expect(result!.events[0]!.affectedClients).toBeGreaterThan(0)
  expect(result!.events[0]!.recovery.recovered).toBe(result!.events[0]!.affectedClients)
  expect([orphans, leftovers]).toEqual([[], []])
  return result!
}

describeReal('drains', ['nginx', 'haproxy', 'redis-server', 'nats-server'], () => {
  it.each<Trial>([
    { balancer: 'nginx', bridge: 'redis-pubsub', mode: 'handover', resume: false },
    { balancer: 'haproxy', bridge: 'nats-jetstream', mode: 'handover', resume: true },
  ])('$mode over $bridge behind $balancer, resume $resume: all are handed over', async (trial) => {
    const { delivery, events, connections } = await drained(trial)
    expect(delivery).toMatchObject({ lost: 0, duplicateInEpoch: 0, reordered: 0 })
    expect(events[0]!.recovery.handedOver).toBe(events[0]!.affectedClients)
    expect(connections.closeCodes['1000']).toBeGreaterThanOrEqual(events[0]!.affectedClients)
  })

  it.each<Trial>([
    { balancer: 'nginx', bridge: 'nats-jetstream', mode: 'close', resume: true },
    { balancer: 'haproxy', bridge: 'redis-streams', mode: 'staggered', resume: true },
  ])('$mode over $bridge behind $balancer, resume $resume: the gap is replayed', async (trial) => {
    const { delivery } = await drained(trial)
    expect(delivery).toMatchObject({ lost: 0, duplicateInEpoch: 0, reordered: 0 })
    expect(delivery.replayed).toBeGreaterThan(0)
  })

  // Some twenty clients, each away for 50 ms in the mean, while 20 messages a second are sent to all.
  it.each<Trial>([
    { balancer: 'nginx', bridge: 'redis-pubsub', mode: 'close', resume: false },
    { balancer: 'haproxy', bridge: 'redis-pubsub', mode: 'staggered', resume: false },
  ])('$mode behind $balancer, without resume: what is sent while each is away is lost', async (trial) => {
    const { delivery, events } = await drained(trial)
    expect(delivery.lost).toBeGreaterThan(0)
    expect(delivery).toMatchObject({ lostInFlight: 0, falseRecovery: 0 })
    expect(delivery.lostOnDisconnect + delivery.lostWhileOffline).toBe(delivery.lost)
    expect(events[0]!.lost).toBe(delivery.lost)
  })
})
