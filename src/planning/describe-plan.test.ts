import { expect, it } from 'vitest'
import { loadScenario } from '../scenarios/load.js'
import { bundledScenarios } from '../scenarios/yaml/bundled.js'
import { describePlan } from './describe-plan.js'
import { draftPlan, planScenario } from './planner.js'
import { bareMachine, fullMachine, leastMachine } from './testing/machine.js'

it('describes a run on one page', () => {
  const text = describePlan(
    planScenario(loadScenario('node-drain', ['clients.addresses={ gateways: 32 }']), bareMachine),
  )
  expect(text).toMatchInlineSnapshot(`
    "node-drain (seed 1)
    one of four nodes is drained by close and reconnect under load

    Cluster
      balancer  embedded, least-connections, 1 process
      nodes     4, bridge redis-pubsub
      broker    embedded (redis protocol)
      drain     close, window 10 s

    Clients
      count      2,000, in 2 workers
      connect    1,000/s, timeout 10 s
      addresses  32 gateways, Zipf 1
      reconnect  full jitter, 500 ms up to 10 s

    Traffic
      channel  count  members  publishers  rate each  size   via
      scores   1      2,000    1           2/s        256 B  client
      chat     50     20       1           0.5/s      256 B  client

    Timeline
      −5 s  warmup        5 s
      0 s   steady        10 s
      10 s  node-drain#1  20 s  node 2
      30 s  steady        10 s
      40 s  grace         5 s

    Gates
      delivery.availability > 80%
      delivery.lostInFlight == 0
      delivery.lost{cause=unexplained} == 0
      delivery.unexpected == 0
      recovery.p95{event=node-drain#1} < 3s
      affinity.routedToDraining == 0

    Estimate
      connections  2,051, 1,026 per worker
      deliveries   4,500/s
      memory       about 790 MB
      duration     about 52.1 s, plus the start of the cluster

    Notes
      - The balancer is embedded: do not compare the figures with nginx or HAProxy.
      - The broker is embedded: do not compare the figures with Redis.
    "
  `)
})

it.each(bundledScenarios())('fits %s into 80 columns on any machine', (name) => {
  const least = leastMachine(loadScenario(name))
  for (const machine of [least, fullMachine, { ...least, ephemeralPorts: 60_000, hasLoopbackRange: false }]) {
    const lines = describePlan(draftPlan(loadScenario(name), machine)).split('\n')
    expect(lines.filter((line) => line.length > 80 || line !== line.trimEnd())).toEqual([])
  }
})

it('names the programs of real parts', () => {
  const text = describePlan(planScenario(loadScenario('smoke'), fullMachine))
  expect(text).toContain('/usr/sbin/nginx')
  expect(text).toContain('/usr/bin/redis-server')
  expect(text).not.toContain('embedded')
})

it('shows two events at the same time', () => {
  const chaos = 'chaos=[{ at: 3s, event: node-kill, node: 1 }, { at: 3s, event: node-kill, node: 2 }]'
  const text = describePlan(planScenario(loadScenario('smoke', [chaos]), fullMachine))
  expect(text).toMatch(/node-kill#1 .* node 1/)
  expect(text).toMatch(/node-kill#2 .* node 2/)
})
