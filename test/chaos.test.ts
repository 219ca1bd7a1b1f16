import { describe, expect, it } from 'vitest'
import type { Result } from '../src/results/result.js'
import { miniature, set } from './support/miniature.js'
import { describeReal, wsbench } from './support/wsbench.js'

/** `unexplained` losses are listed when there are any. */
function lostBy(result: Result): Record<string, number> {
  return Object.fromEntries(
    Object.entries(result.delivery.byCause)
      .map(([cause, counts]) => [cause, counts.lost] as const)
      .filter(([, lost]) => lost > 0),
  )
}

async function runScenario(name: string, args: readonly string[]): Promise<Result> {
  const { code, stderr, stdout, result, orphans, leftovers } = await wsbench([
    'run',
    name,
    ...miniature,
    ...set({ 'chaos[0].at': '1s', 'traffic[0].rate': '20/s' }),
    ...args,
  ])
  expect(result, `${stdout}\n${stderr}`).not.toBeNull()
  expect([0, 99], `${stdout}\n${stderr}`).toContain(code)
  expect(orphans).toEqual([])
  expect(leftovers).toEqual([])
  expect(result!.verdict.outcome, stdout).not.toBe('invalid')
  return result!
}

function chaosSuite(balancer: string, extra: readonly string[]): void {
  const args = ['--balancer', balancer, ...extra]

  it('node-kill: its clients lose what is sent while they are away, nobody else loses anything', async () => {
    const result = await runScenario('node-kill', [...args, ...set({ 'chaos[0].node': 2 })])
    const [event] = result.events
    expect(event).toMatchObject({ id: 'node-kill#1', targets: ['n2'], failure: null })
    expect(event!.affectedClients).toBeGreaterThan(0)
    expect(event!.recovery.recovered).toBe(event!.affectedClients)
    expect(event!.recovery.downtimeMicros.p50).toBeGreaterThan(0)
    expect(event!.recovery.timeTo100Ms).toBeGreaterThan(0)
    expect(Object.keys(lostBy(result))).toEqual(['node-kill#1'])
    expect(result.delivery.lostWhileOffline + result.delivery.lostOnDisconnect).toBe(result.delivery.lost)
    const nodesThatLost = Object.entries(result.delivery.byNode).filter(([, counts]) => counts.lost > 0)
    expect(nodesThatLost.map(([node]) => node)).toEqual(['n2'])
  })

  it('node-drain: 1001 to its clients, no new ones, every loss is its own', async () => {
    const result = await runScenario('node-drain', [...args, ...set({ 'chaos[0].node': 1 })])
    const [event] = result.events
    expect(event).toMatchObject({ id: 'node-drain#1', targets: ['n1'], failure: null })
    expect(event!.affectedClients).toBeGreaterThan(0)
    expect(result.connections.closeCodes['1001']).toBeGreaterThanOrEqual(event!.affectedClients)
    expect(result.affinity.routedToDraining).toBe(0)
    expect(Object.keys(lostBy(result)).filter((cause) => cause !== 'node-drain#1')).toEqual([])
    expect(event!.recovery.recovered).toBe(event!.affectedClients)
  })

  it('scale-out: the new nodes are in the pool, nobody loses anything', async () => {
    // Without its gate on speed, which a busy machine leaves undecided.
    // There, a node may also take several seconds to start.
    const gates = set({
      gates: '[delivery.lost == 0, delivery.availability > 99.9%]',
      'phases.measure': '12s',
      'phases.grace': '10s',
    })
    const result = await runScenario('scale-out', [...args, ...gates])
    expect(result.events[0]).toMatchObject({ id: 'scale-out#1', failure: null })
    expect(result.delivery.lost).toBe(0)
    expect(result.delivery.lossBound95).toBeGreaterThan(0)
    const before = Object.keys(result.balance['scale-out#1']!.perNode)
    const after = Object.keys(result.balance.end!.perNode)
    expect(after.length).toBeGreaterThan(before.length)
  })
}

describeReal('chaos behind nginx, over redis', ['nginx', 'redis-server'], () => {
  chaosSuite('nginx', ['--set', 'cluster.broker=redis'])
})

describeReal('chaos behind HAProxy, over redis', ['haproxy', 'redis-server'], () => {
  chaosSuite('haproxy', ['--set', 'cluster.broker=redis'])
})

describe('chaos behind the embedded balancer, over the embedded broker', () => {
  chaosSuite('embedded', ['--set', 'cluster.broker=embedded'])
})
