import { describe, expect, it } from 'vitest'
import { localClusterPlan } from '../cluster/cluster-plan.js'
import { parseScenario } from '../scenarios/load.js'
import { planScenario } from './planner.js'
import { bareMachine, fullMachine } from './testing/machine.js'

/** A machine with docker and no other program. */
const dockerMachine = {
  ...bareMachine,
  binaries: { ...bareMachine.binaries, docker: fullMachine.binaries.docker },
}

function parse(...overrides: string[]) {
  const text = '{ name: contained, clients: { count: 500 }, cluster: { driver: compose } }'
  return parseScenario(text, { file: 's.yaml', overrides })
}

const plan = (...overrides: string[]) => planScenario(parse(...overrides), dockerMachine)
const clusterOf = (...overrides: string[]) => localClusterPlan(plan(...overrides).cluster)

describe('driver compose', () => {
  it('needs no program on the machine except docker', () => {
    expect(clusterOf()).toMatchObject({
      driver: 'compose',
      balancer: { kind: 'nginx', isEmbedded: false, binary: null, sources: [] },
      broker: { kind: 'redis', isEmbedded: false, binary: null, isProxied: false },
    })
    expect(() => planScenario(parse(), bareMachine)).toThrow(/driver compose needs docker/)
  })

  it('uses the first balancer that supports the drain state', () => {
    expect(clusterOf('cluster.balancer.drainState=drain').balancer.kind).toBe('haproxy')
  })

  it('has one HAProxy process for any number of clients', () => {
    const { balancer } = clusterOf('cluster.balancer.kind=haproxy', 'clients.count=20k')
    expect(balancer.processes).toBe(1)
  })

  it('gives clients one address, and notes the consequences', () => {
    const { clients, notes } = plan('cluster.balancer.strategy=ip-hash')
    expect(clients.addresses).toEqual({ kind: 'single' })
    expect(notes).toEqual([
      expect.stringMatching(/Every part runs in a container/),
      expect.stringMatching(/All clients come from 127.0.0.1, because containers see one address/),
      expect.stringMatching(/sends all clients to one node/),
    ])
    expect(() => plan('clients.count=40k')).toThrow(/has 28,232 ports/)
  })
})
