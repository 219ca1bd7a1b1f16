import { describe, expect, it } from 'vitest'
import { miniature, set } from './support/miniature.js'
import { describeReal, wsbench } from './support/wsbench.js'

function tlsSuite(balancer: string): void {
  it('a node is killed and a node joins, all over TLS', async () => {
    const { stdout, stderr, result, orphans, leftovers } = await wsbench([
      ...['run', 'smoke', ...miniature, '--balancer', balancer],
      ...set({ 'cluster.balancer.tls': 'true' }),
      ...set({ chaos: '[{ at: 1s, event: node-kill }, { at: 3s, event: scale-out }]' }),
    ])
    expect(result?.verdict, stdout + stderr).toEqual({ outcome: 'pass', reasons: [] })
    expect(stdout).toMatch(/least-connections TLS/)
    expect(result!.connections.failed).toEqual({})
    expect(result!.affinity.reconnectedOtherNode).toBeGreaterThan(0)
    expect([orphans, leftovers]).toEqual([[], []])
  })
}

describe('TLS at the embedded balancer', () => tlsSuite('embedded'))
describeReal('TLS at nginx', ['nginx', 'redis-server'], () => tlsSuite('nginx'))
describeReal('TLS at HAProxy', ['haproxy', 'redis-server'], () => tlsSuite('haproxy'))
