import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WsbenchError } from '../base/errors.js'
import { events } from '../chaos/index.js'
import { loadScenario, parseScenario } from './load.js'
import { bundledScenarios } from './yaml/bundled.js'
import { ScenarioError } from './yaml/scenario-error.js'

const minimal = 'name: small\nclients: { count: 10 }\n'

/** Each problem's line, without the file's name. */
function problemsOf(text: string): string[] {
  return errorOf(() => parseScenario(text, { file: 's.yaml' }))
    .message.replaceAll('s.yaml:', '')
    .split('\n')
}

function errorOf(load: () => unknown): WsbenchError {
  try {
    load()
  } catch (error) {
    if (error instanceof WsbenchError) return error
    throw error
  }
  throw new Error('it loaded')
}

describe('a good scenario', () => {
  it('needs a name and a number of clients; everything else has a default', () => {
    const scenario = parseScenario(minimal, { file: 's.yaml' })
    expect(scenario.clients).toMatchObject({ count: 10, connectTimeout: 10_000 })
    expect(scenario.cluster).toMatchObject({
      driver: 'auto',
      nodes: 3,
      bridge: 'redis-pubsub',
      broker: 'auto',
    })
    expect(scenario.traffic).toEqual([
      {
        channel: { name: 'broadcast', members: 'all', count: 1 },
        publishers: 1,
        via: 'client',
        echoes: true,
        rate: 1,
        arrival: 'constant',
        size: 256,
      },
    ])
    expect(scenario.phases).toEqual({ warmup: 5000, measure: 30_000, grace: 5000 })
  })

  it('reads quantities, YAML 1.2 strings of digits, and events with their own arguments', () => {
    const scenario = parseScenario(
      `${minimal.replace('10', '50_000')}chaos:
  - { at: 1.5s, event: node-kill, node: 2 }
  - { at: 9s, event: scale-out }
`,
      { file: 's.yaml' },
    )
    expect(scenario.clients.count).toBe(50_000)
    expect(scenario.chaos).toEqual([
      { at: 1500, event: 'node-kill', node: 2 },
      { at: 9000, event: 'scale-out', nodes: 1 },
    ])
  })

  it('may use anchors', () => {
    const text = `${minimal}phases: { warmup: &short 1s, measure: 2s, grace: *short }`
    expect(parseScenario(text, { file: 's.yaml' }).phases.grace).toBe(1000)
  })
})

describe('a bad scenario', () => {
  it('has all mistakes reported at once, each with its place, what was expected, and what was probably meant', () => {
    const text = `name: six
sede: 5
cluster:
  balancer: { kind: ngnix }
clients:
  count: 10
  connectRate: 2k
phases: { warmup: 2M, measure: 10s }
traffic:
  - channel: { members: all }
chaos:
  - { at: 1s, event: node-kil }
`
    expect(problemsOf(text)).toEqual([
      '2:1: unknown key "sede"; expected one of name, description, seed, cluster, target, clients, traffic, phases, chaos, gates, safety, validity; hint: did you mean "seed"?',
      '4:21: cluster.balancer.kind is "ngnix"; expected one of auto, nginx, haproxy, caddy, apache, embedded; hint: did you mean "nginx"?',
      '7:16: clients.connectRate is "2k"; expected a rate per s, m or h, such as 2k/s, 0.2/s or 30/m, at least 1/m; hint: did you mean "2k/s"?',
      '8:19: phases.warmup is "2M"; expected a duration with its unit (us, ms, s, m, h), such as 500ms, 30s or 2m; hint: did you mean "2m"?',
      '10:14: traffic[0].channel.name is missing; expected a name',
      `12:22: chaos[0].event is "node-kil"; expected one of ${Object.keys(events).join(', ')}; hint: did you mean "node-kill"?`,
    ])
  })

  it('carries the problems as data and exits 2', () => {
    const error = errorOf(() => parseScenario('name: x\nclients: { count: -1 }', { file: 's.yaml' }))
    expect(error).toBeInstanceOf(ScenarioError)
    expect(error.exit).toBe('usage')
    expect((error as ScenarioError).problems).toEqual([
      {
        where: 's.yaml:2:19',
        line: 2,
        column: 19,
        what: 'clients.count is -1',
        expected: 'a whole number, such as 500, 50_000, 50k or 2M, from 1 to 10M',
        hint: null,
      },
    ])
  })

  it.each([
    ['clients: {count: 1}', '1:1: name is missing; expected a name'],
    ['name: x', '1:1: clients is missing; expected a mapping (key: value)'],
    ['name: x\nclients: 5', '2:10: clients is 5; expected a mapping (key: value)'],
    [`${minimal}cluster: { nodes: 65 }`, /^3:19: cluster.nodes is 65; expected .* from 1 to 64$/],
    [
      `${minimal}cluster: { balancer: { tsl: true } }`,
      /^3:24: unknown key "tsl" in cluster.balancer; expected one of kind, strategy, drainState, tls; hint: did you mean "tls"/,
    ],
    [`${minimal}traffic: []`, '3:10: traffic is an empty list; expected at least one channel'],
    [
      `${minimal}traffic: [{ channel: { name: a }, size: 10B }]`,
      /^3:41: traffic\[0\].size is "10B"; .* from 64B to 1MiB$/,
    ],
    [`${minimal}traffic: [{ channel: { name: a }, rate: 5 }]`, /hint: 5 has no unit$/],
    [
      `${minimal}traffic: [{ channel: { name: a, members: few } }]`,
      /^3:42: .* is "few"; expected all, or how many/,
    ],
    [`${minimal}chaos: [{ event: node-kill }]`, /^3:9: chaos\[0\].at is missing; expected a duration/],
    [`${minimal}chaos: [{ at: 1s }]`, /^3:9: chaos\[0\].event is missing; expected one of scale-out/],
    [
      `${minimal}chaos: [{ at: 1s, event: scale-out, nods: 2 }]`,
      /^3:37: unknown key "nods" in chaos\[0\]; expected one of at, event, nodes; hint: did you mean "nodes"/,
    ],
    [
      `${minimal}chaos: [{ at: 1s, event: scale-out, nodes: 65 }]`,
      '3:44: chaos[0].nodes is 65; expected at most 64',
    ],
    [
      `${minimal}validity: { workerCpu: -1 }`,
      /^3:24: validity.workerCpu is -1; expected a percentage or a ratio/,
    ],
    [`${minimal}gates: [latency.p99 < 5]`, /^3:9: gates\[0\]: .*; hint: /],
    [
      `${minimal}gates: [7]`,
      '3:9: gates[0] is 7; expected a comparison, such as latency.p99 < 250ms, or { gate, abortOnFail, after }',
    ],
    [`${minimal}gates: [{ gate: latency.p99 < 5 }]`, /^3:17: gates\[0\]\.gate: .*; hint: /],
    [
      `${minimal}gates: [{ gate: latency.p99 < 5ms, abortOnFial: true, after: 10s }]`,
      /^3:36: unknown key "abortOnFial" in gates\[0\]; expected one of gate, abortOnFail, after; hint: did you mean/,
    ],
  ])('%j', (text, problem) => {
    expect(problemsOf(text)).toEqual([typeof problem === 'string' ? problem : expect.stringMatching(problem)])
  })
})

describe('parts of a scenario that conflict', () => {
  it.each([
    [
      'traffic: [{ channel: { name: a, members: 11 } }]',
      /^3:42: traffic\[0\].channel.members is 11, but there are 10 clients/,
    ],
    [
      'traffic: [{ channel: { name: a } }, { channel: { name: a } }]',
      /^3:56: there already is a channel "a"/,
    ],
    [
      'cluster: { bridge: none }\ntraffic: [{ channel: { name: a }, via: backend }]',
      /^4:40: via backend needs a broker/,
    ],
    [
      'cluster: { bridge: redis-streams, broker: embedded }',
      /^3:43: the embedded broker does not support bridge redis-streams; expected redis; hint: or set cluster.bridge to redis-pubsub/,
    ],
    [
      'cluster: { bridge: nats, broker: redis }',
      /^3:34: bridge nats does not work with redis; expected nats/,
    ],
    ['cluster: { broker: nats }', /^3:20: bridge redis-pubsub does not work with nats; expected redis/],
    [
      'phases: { measure: 5s }\nchaos: [{ at: 5s, event: node-kill }]',
      /^4:15: chaos\[0\].at is 5 s, but the measure phase ends at 5 s/,
    ],
    [
      'chaos: [{ at: 5s, event: partition, nodes: [n2, n4, 5] }]',
      /^\d:\d+: there is no node 4, 5 at 5 s; expected a node from 1 to 3, or random/,
    ],
    [
      'cluster: { bridge: none }\nchaos: [{ at: 5s, event: partition }]',
      /^\d:\d+: partition needs a broker, but bridge none has none/,
    ],
    [
      'cluster: { balancer: { kind: nginx, drainState: drain } }',
      /^3:49: nginx does not support drainState drain; expected maint/,
    ],
    [
      'cluster: { balancer: { kind: embedded } }\nchaos: [{ at: 5s, event: balancer-reload }]',
      /^4:26: balancer-reload needs a balancer that can reload, but embedded can't/,
    ],
    [
      'chaos: [{ at: 5s, event: client-churn, every: 1s, offline: 1s }]',
      /^\d:\d+: chaos\[0\].offline is "1s"; expected less than every/,
    ],
    [
      'chaos: [{ at: 5s, event: node-kill, node: n4 }]',
      /^3:43: there is no node 4 at 5 s; expected a node from 1 to 3, or random/,
    ],
    [
      'chaos: [{ at: 5s, event: node-kill, node: 4 }, { at: 5s, event: scale-out }]',
      /^3:43: there is no node 4/,
    ],
    [
      'gates: ["delivery.lost{cause=node-kill#1} == 0"]',
      /^3:9: no cause node-kill#1 in this scenario; expected one of unexplained/,
    ],
    [
      'chaos: [{ at: 1s, event: node-kill }]\ngates: ["recovery.p95{event=node-kil#1} < 3s"]',
      /^4:9: no event node-kil#1 .*; hint: did you mean "node-kill#1"\?$/,
    ],
    [
      'gates: ["latency.p99{phase=stedy} < 5ms"]',
      /^3:9: no phase stedy in this scenario; expected one of warmup, steady; hint: did you mean "steady"\?$/,
    ],
    [
      'chaos: [{ at: 1s, event: node-kill }]\ngates: ["delivery.lost{cause=node-kil#1} == 0"]',
      /^4:9: no cause node-kil#1 .*; hint: did you mean "node-kill#1"\?$/,
    ],
    [
      'gates: ["balance.maxOverMean{at=strat} < 2"]',
      /^3:9: no moment strat in this scenario; expected one of start, end, worst, overall; hint: did you mean "start"\?$/,
    ],
    [
      'gates: ["delivery.lost{node=m3} == 0"]',
      /^3:9: no node m3 in this scenario; expected one of n1, n2, n3; hint: did you mean "n3"\?$/,
    ],
    [
      'chaos: [{ at: 1s, event: scale-out, nodes: 2 }]\ngates: ["delivery.due{node=n6} > 0"]',
      /^4:9: no node n6 in this scenario; expected one of n1, n2, n3, n4, n5/,
    ],
    [
      'traffic: [{ channel: { name: scores } }]\ngates: ["delivery.lost{channel=score} == 0"]',
      /^4:9: no channel score in this scenario; expected one of scores; hint: did you mean "scores"\?$/,
    ],
    [
      'gates: ["delivery.lost{channel=scores} == 0"]',
      /^3:9: no channel scores in this scenario; expected one of broadcast$/,
    ],
    [
      'gates: [latency.p99 < 5ms over 40s]',
      /^3:9: no window of 40 s fits into the measure phase; expected at most 30 s, its longest run of whole seconds$/,
    ],
    [
      'gates: ["latency.p99{phase=warmup} < 5s over 6s"]',
      /^3:9: no window of 6 s fits into phase warmup; expected at most 5 s, its longest run/,
    ],
    [
      'chaos: [{ at: 10500ms, event: broker-kill }]\ngates: ["latency.p99{phase=steady} < 5s over 11s"]',
      /^4:9: no window of 11 s fits into phase steady; expected at most 10 s, its longest run/,
    ],
    [
      'gates: [{ gate: "latency.p99{phase=warmup} < 5s", abortOnFail: true }]',
      /^3:9: abortOnFail evaluates no second before the measure phase; expected a gate without abortOnFail/,
    ],
    [
      'gates: [{ gate: latency.p99 < 5s, abortOnFail: true, after: 30s }]',
      /^3:61: abortOnFail evaluates no second of the measure phase after 30 s; expected less than 30 s$/,
    ],
    [
      'chaos: [{ at: 10500ms, event: broker-kill }]\ngates: [{ gate: "latency.p99{phase=broker-kill#1} < 5s", abortOnFail: true, after: 29s }]',
      /^4:84: abortOnFail evaluates no second of phase broker-kill#1 after 29 s; expected at most 25 s$/,
    ],
    [
      'gates: [{ gate: delivery.lost == 0, abortOnFail: true }]',
      /^3:9: delivery.lost is known only at the end; expected a gate without abortOnFail/,
    ],
    ['gates: [{ gate: "latency.p99{phase=stedy} < 5ms" }]', /^3:9: no phase stedy .*"steady"\?$/],
    [
      'clients: { count: 10, reconnect: { base: 2s, cap: 1s } }',
      /^2:51: clients.reconnect.cap is 1 s, below base, 2 s/,
    ],
    [
      'clients: { count: 10, heartbeat: { every: 5s, timeout: 6s } }',
      /^2:56: clients.heartbeat.timeout is 6 s, longer than every, 5 s/,
    ],
    [
      'clients: { count: 10, reconnect: { resume: true } }',
      /^2:44: bridge redis-pubsub keeps no history to resume from; expected false; .*redis-streams or nats-jetstream/,
    ],
    [
      'cluster: { driver: compose, balancer: { kind: embedded } }',
      /^3:47: driver compose runs every part in a container, and embedded parts have no image; expected auto, nginx or haproxy/,
    ],
    ['cluster: { driver: compose, broker: embedded }', /^3:37: driver compose runs .*; expected auto$/],
    [
      'cluster: { driver: compose }\nchaos: [{ at: 1s, event: partition }]',
      /^4:26: partition needs a proxy between nodes and broker, but driver compose has none/,
    ],
    ['cluster: { driver: compose }\nchaos: [{ at: 1s, event: latency }]', /^4:26: latency needs a proxy/],
  ])('%s', (text, problem) => {
    const base = text.startsWith('clients') ? 'name: small\n' : minimal
    expect(problemsOf(base + text)).toEqual([expect.stringMatching(problem)])
  })

  it('may affect a node that an earlier event adds, and may have several nodes without a bridge', () => {
    const chaos = 'chaos: [{ at: 9s, event: node-kill, node: 4 }, { at: 5s, event: scale-out }]'
    expect(
      parseScenario(`${minimal}cluster: { bridge: none }\n${chaos}`, { file: 's.yaml' }).chaos,
    ).toHaveLength(2)
  })

  it('may have gates on nodes that events add, on every moment, and on any node of a target', () => {
    const chaos = 'chaos: [{ at: 9s, event: scale-out }]'
    const gates = 'gates: ["delivery.due{node=n4} > 0", "balance.maxOverMean{at=worst} < 2"]'
    const target =
      'target: { url: "ws://127.0.0.1:1", protocol: reference }\ngates: ["delivery.due{node=x} > 0"]'
    expect(parseScenario(`${minimal}${chaos}\n${gates}`, { file: 's.yaml' }).gates).toHaveLength(2)
    expect(parseScenario(`${minimal}${target}`, { file: 's.yaml' }).gates).toHaveLength(1)
  })

  it('may have channels named like members of every object, and gates on them', () => {
    const traffic = 'traffic: [{ channel: { name: constructor } }, { channel: { name: toString } }]'
    const gates = (channel: string) => `gates: ["delivery.lost{channel=${channel}} == 0"]`
    const scenario = parseScenario(`${minimal}${traffic}\n${gates('constructor')}`, { file: 's.yaml' })
    expect(scenario.traffic.map(({ channel }) => channel.name)).toEqual(['constructor', 'toString'])
    expect(problemsOf(`${minimal}${traffic}\n${gates('valueOf')}`)).toEqual([
      '4:9: no channel valueOf in this scenario; expected one of constructor, toString',
    ])
    expect(problemsOf(`${minimal}traffic: [{ channel: { name: __proto__ } }]`)[0]).toMatch(/a letter first/)
  })

  it('are reported together with other mistakes', () => {
    const problems = problemsOf(
      `${minimal}cluster: { nodes: x }\ntraffic: [{ channel: { name: a, members: 11 } }]`,
    )
    expect(problems.map((problem) => problem.slice(0, 4))).toEqual(['3:19', '4:42'])
  })
})

describe('finding the file', () => {
  it.each(['smoke', 'smoke.yaml'])('finds the bundled scenario as %s', (name) => {
    expect(loadScenario(name).name).toBe('smoke')
  })

  it('prefers a file at that path', () => {
    const directory = mkdtempSync(join(tmpdir(), 'wsbench-load-'))
    try {
      const file = join(directory, 'smoke.yaml')
      writeFileSync(file, minimal)
      expect(loadScenario(file).name).toBe('small')
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('lists the bundled scenarios and suggests the nearest name if there is neither', () => {
    const error = errorOf(() => loadScenario('smoek'))
    expect(error.exit).toBe('usage')
    expect(error.hint).toMatch(/^did you mean "smoke"\? bundled: .*fanout-50k/)
    expect(bundledScenarios()).toContain('node-drain')
  })
})
