import { describe, expect, it } from 'vitest'
import { parseScenario } from '../load.js'
import { ScenarioError } from './scenario-error.js'

const text = `name: base
clients: { count: 10 }
traffic:
  - channel: { name: scores }
    rate: 1/s
gates: [delivery.lost == 0]
`
const load = (...overrides: string[]) => parseScenario(text, { file: 's.yaml', overrides })

function problemsOf(...overrides: string[]): string[] {
  try {
    load(...overrides)
  } catch (error) {
    if (error instanceof ScenarioError) return error.message.split('\n')
    throw error
  }
  throw new Error('it loaded')
}

describe('--set', () => {
  it('replaces values, also in lists, and parses them as in the file', () => {
    const scenario = load('clients.count=5k', 'traffic[0].rate=2/s', 'traffic[0].channel.name=news')
    expect(scenario.clients.count).toBe(5000)
    expect(scenario.traffic[0]).toMatchObject({ rate: 2, channel: { name: 'news' } })
  })

  it('adds missing sections, also nested ones', () => {
    expect(load('cluster.balancer.kind=haproxy').cluster.balancer.kind).toBe('haproxy')
    expect(load('phases={ warmup: 1s, measure: 9s }').phases.measure).toBe(9000)
    expect(load('gates=[]').gates).toEqual([])
  })

  it('appends to lists with +=, one entry or several, and begins one where there is none', () => {
    expect(load('gates+=latency.p99{phase=steady} <= 5s').gates).toMatchObject([
      { gate: 'delivery.lost == 0' },
      { gate: 'latency.p99{phase=steady} <= 5s' },
    ])
    expect(load("gates+=['latency.p99 < 5s', 'latency.p50 < 1s']").gates).toHaveLength(3)
    const chaos = load('chaos+={ at: 1s, event: node-kill }', 'chaos+={ at: 2s, event: node-kill }').chaos
    expect(chaos.map(({ at }) => at)).toEqual([1000, 2000])
    expect(problemsOf('clients+=5')).toEqual([
      '--set clients+=5: clients is not a list; expected a list before +=',
    ])
    expect(problemsOf('chaos+={ at: 1s, event: kill-node }')[0]).toMatch(
      /^--set chaos\+=\{ at: 1s, event: kill-node \}: .*node-kill/,
    )
  })

  it("takes compare's short form of a balancer, and keeps its other settings", () => {
    const { balancer } = load('cluster.balancer.tls=true', 'cluster.balancer=haproxy:cookie').cluster
    expect(balancer).toMatchObject({ kind: 'haproxy', strategy: 'cookie', tls: true })
    expect(problemsOf('cluster.balancer=haproxy:cooki')[0]).toMatch(
      /^--set cluster\.balancer=haproxy:cooki: .*did you mean "?cookie/,
    )
  })

  it('uses everything after the first = as the value', () => {
    expect(load('gates[0]=delivery.lost{cause=unexplained} == 0').gates).toMatchObject([
      { gate: 'delivery.lost{cause=unexplained} == 0' },
    ])
  })

  it('uses the last of several values', () => {
    expect(load('clients.count=1', 'clients.count=2').clients.count).toBe(2)
  })

  it.each([
    ['clients.count=many', /^--set clients.count=many: clients.count is "many"; expected a whole number/],
    [
      'clients.cuont=5',
      /^--set clients.cuont=5: unknown key "cuont" in clients; .*; hint: did you mean "count"\?$/,
    ],
    ['phases.measure=10', /^--set phases.measure=10: phases.measure is 10; expected a duration/],
    ['clients.count=', /^--set clients.count=: clients.count is empty/],
    ['clients.count', /^--set clients.count: no = between path and value; expected path=value/],
    ['clients..count=5', /invalid path "clients..count"/],
    ['=5', /invalid path ""/],
    ['clients.count.x=5', /clients.count has no keys/],
    ['clients[0]=5', /clients is not a list/],
    ['traffic[1].rate=5/s', /traffic has no entry \[1\]; expected an index from 0 to 0$/],
    ['clients={a', /^--set clients=\{a: Flow map/],
    ['__proto__.x=5', /invalid path/],
  ])('%s is reported for the option', (override, problem) => {
    expect(problemsOf(override)).toEqual([expect.stringMatching(problem)])
  })

  it.each(['__proto__', 'constructor'])('rejects the key %s in a mapping, as in the file', (key) => {
    const target = `target={ url: "ws://127.0.0.1/", protocol: json, headers: { ${key}: x } }`
    expect(problemsOf(target)[0]).toContain(`: key "${key}" is not allowed; expected a YAML value`)
  })

  it('may set a header named like a member of every object', () => {
    const scenario = load('target={ url: "ws://127.0.0.1/", protocol: json }', 'target.headers.constructor=x')
    expect(scenario.target?.headers).toEqual({ constructor: 'x' })
  })

  it('rejects constructor as a key of the scenario', () => {
    expect(problemsOf('constructor.x=5')[0]).toMatch(/^--set constructor.x=5: unknown key "constructor"/)
  })

  it('is reported after the problems of the file', () => {
    const bad = () =>
      parseScenario('name: x\nclients: { count: 0 }', { file: 's.yaml', overrides: ['nodes=3'] })
    expect(bad).toThrow(/^s.yaml:2:19: .*\n--set nodes=3: unknown key "nodes"/)
  })
})
