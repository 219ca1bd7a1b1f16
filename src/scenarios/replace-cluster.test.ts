import { expect, it } from 'vitest'
import { loadScenario, parseScenario } from './load.js'
import { bundledScenarios } from './yaml/bundled.js'

const target = 'target.url=ws://127.0.0.1:8080/'

it.each(bundledScenarios())('a target in place of the cluster of %s', (name) => {
  const scenario = loadScenario(name, [target])
  expect(scenario.target?.url).toBe('ws://127.0.0.1:8080/')
})

it('leaves out the events of the cluster, and gates on them, and says so', () => {
  const text = `name: x
clients: { count: 5 }
cluster: { nodes: 3 }
traffic: [{ channel: { name: a }, via: backend }]
chaos: [{ at: 1s, event: node-kill }, { at: 2s, event: reconnect-storm }]
gates: ["recovery.p95{event=node-kill#1} < 3s", { gate: "latency.p99{phase=node-kill#1} < 1s" }, "recovery.p95{event=reconnect-storm#1} < 3s"]
`
  const scenario = parseScenario(text, { file: 's.yaml', overrides: [target] })
  expect(scenario.chaos).toMatchObject([{ event: 'reconnect-storm' }])
  expect(scenario.gates).toMatchObject([{ gate: 'recovery.p95{event=reconnect-storm#1} < 3s' }])
  expect(scenario.leftOut).toEqual([
    'node-kill',
    'recovery.p95{event=node-kill#1} < 3s',
    'latency.p99{phase=node-kill#1} < 1s',
    'via: backend',
  ])
  expect(() => parseScenario(text, { file: 's.yaml', overrides: [target, 'cluster.nodes=2'] })).toThrow(
    'cluster and target are both set',
  )
})
