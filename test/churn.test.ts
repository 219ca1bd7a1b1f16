import { expect, it } from 'vitest'
import type { Result } from '../src/results/result.js'
import { set } from './support/miniature.js'
import { blamed, expectAllBack, trial } from './support/trial.js'
import { describeReal } from './support/wsbench.js'

/** Each client is away for 500 ms of every 2 s: a quarter of what is due to it is sent meanwhile. */
async function churned(more: readonly string[]): Promise<Result> {
  const chaos = '[{ at: 0s, event: client-churn, every: 2s, offline: 500ms, for: 6s }]'
  const { result, events } = await trial(chaos, 'nginx', more)
  expectAllBack(events[0])
  expect(events[0]!.affectedClients).toBe(3 * 60)
  expect(events[0]!.recovery.downtimeMicros.min).toBeGreaterThan(490_000)
  expect(result.delivery.lostInFlight).toBe(0)
  return result
}

/** Of the class's messages: their share of what was due, against the share of time that clients were away, as they saw it. */
function expectShareAway({ events, delivery }: Result, kind: 'lostWhileOffline' | 'replayed'): void {
  const { due, [kind]: count } = delivery.byPhase['client-churn#1']!
  const share = count / due
  // A busy machine takes longer to reconnect, which the clients' downtime has in it: the rest is rounding to whole messages.
  expect(Math.abs(share - events[0]!.recovery.downtimeMicros.mean / 2_000_000)).toBeLessThan(0.015)
  expect(share).toBeGreaterThan(0.235)
  expect(share).toBeLessThan(0.3)
}

describeReal('churn without a history', ['nginx', 'redis-server'], () => {
  it('client-churn: each client misses what is sent while it is away, and nothing in flight', async () => {
    const result = await churned([])
    expect(blamed(result)).toEqual(['client-churn#1'])
    expectShareAway(result, 'lostWhileOffline')
  })
})

describeReal('churn with a history', ['nginx', 'redis-server', 'nats-server'], () => {
  it.each([
    ['redis-streams', 'redis'],
    ['nats-jetstream', 'nats'],
  ])('%s: what is sent while a client is away is replayed, and nothing is lost', async (bridge, broker) => {
    const result = await churned(
      set({ 'cluster.bridge': bridge, 'cluster.broker': broker, 'clients.reconnect.resume': 'true' }),
    )
    const { lost, falseRecovery, unexpected } = result.delivery
    expect({ lost, falseRecovery, unexpected }).toEqual({ lost: 0, falseRecovery: 0, unexpected: 0 })
    expectShareAway(result, 'replayed')
  })
})
