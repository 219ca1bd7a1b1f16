import { describe, expect, it } from 'vitest'
import type { Result } from '../src/results/result.js'
import { miniature, set } from './support/miniature.js'
import { describeReal, wsbench } from './support/wsbench.js'

async function runScenario(name: string, args: readonly string[]): Promise<Result> {
  const { stderr, result } = await wsbench([
    'run',
    name,
    ...miniature,
    ...set({ 'chaos[0].at': '1s' }),
    ...args,
  ])
  expect(result, stderr).not.toBeNull()
  return result!
}

function affinitySuite(balancer: string): void {
  it('ip-hash: one NAT gateway piles all its clients on one node', async () => {
    const result = await runScenario('scale-out', [
      ...['--balancer', balancer, '--strategy', 'ip-hash'],
      ...set({ 'clients.addresses': '{ gateways: 1, skew: 0 }' }),
    ])
    const crowds = Object.values(result.balance.start!.perNode).filter((connections) => connections > 0)
    expect(crowds).toEqual([60])
  })

  it('round-robin: every node has its share', async () => {
    const result = await runScenario('scale-out', ['--balancer', balancer, '--strategy', 'round-robin'])
    expect(result.balance.start!.maxOverMean).toBeLessThan(1.35)
  })
}

describeReal('affinity of nginx', ['nginx', 'redis-server'], () => affinitySuite('nginx'))
describeReal('affinity of HAProxy', ['haproxy', 'redis-server'], () => affinitySuite('haproxy'))
describe('affinity of the embedded balancer', () => affinitySuite('embedded'))
