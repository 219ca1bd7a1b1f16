import { basename } from 'node:path'
import { describe, expect, it } from 'vitest'
import { WsbenchError } from '../base/errors.js'
import { loadScenario, parseScenario } from '../scenarios/load.js'
import { bundledScenarios } from '../scenarios/yaml/bundled.js'
import type { Machine } from './machine.js'
import { planScenario } from './planner.js'
import { bareMachine, fullMachine, leastMachine } from './testing/machine.js'

const scenario = (...overrides: string[]) =>
  parseScenario('name: small\nclients: { count: 1_000 }\n', { file: 's.yaml', overrides })
const plan = (machine: Machine, ...overrides: string[]) => planScenario(scenario(...overrides), machine)

function errorOf(machine: Machine, ...overrides: string[]): WsbenchError {
  try {
    plan(machine, ...overrides)
  } catch (error) {
    if (error instanceof WsbenchError) return error
    throw error
  }
  throw new Error('it was planned')
}

const without = (...names: (keyof Machine['binaries'])[]): Machine => ({
  ...fullMachine,
  binaries: { ...fullMachine.binaries, ...Object.fromEntries(names.map((name) => [name, null])) },
})

describe('real and embedded parts', () => {
  it.each([
    [fullMachine, [], 'nginx', false],
    [without('nginx'), [], 'haproxy', false],
    [without('nginx', 'haproxy'), [], 'embedded', true],
    [fullMachine, ['cluster.balancer.kind=embedded'], 'embedded', true],
    [fullMachine, ['cluster.balancer.kind=haproxy'], 'haproxy', false],
  ])('%#: the balancer', (machine, overrides, kind, isEmbedded) => {
    const { balancer } = plan(machine, ...overrides).cluster
    expect(balancer).toMatchObject({ kind, isEmbedded, binary: isEmbedded ? null : `/usr/sbin/${kind}` })
  })

  it('uses a balancer that supports the drain state', () => {
    const drain = ['cluster.balancer.drainState=drain']
    expect(plan(fullMachine, ...drain).cluster.balancer).toMatchObject({
      kind: 'haproxy',
      drainState: 'drain',
    })
    expect(errorOf(without('haproxy'), ...drain).message).toBe(
      'drainState drain needs haproxy, and none is installed',
    )
  })

  it.each([
    [
      fullMachine,
      [],
      { kind: 'redis', isEmbedded: false, binary: '/usr/bin/redis-server', isProxied: false },
    ],
    [without('redis'), [], { kind: 'redis', isEmbedded: true, binary: null, isProxied: false }],
    [
      fullMachine,
      ['cluster.broker=embedded'],
      { kind: 'redis', isEmbedded: true, binary: null, isProxied: false },
    ],
    [without('redis'), ['cluster.bridge=none'], null],
    [
      without('redis'),
      ['cluster.bridge=nats-jetstream'],
      { kind: 'nats', isEmbedded: false, binary: '/usr/sbin/nats-server', isProxied: false },
    ],
  ])('%#: the broker', (machine, overrides, broker) => {
    expect(plan(machine, ...overrides).cluster.broker).toEqual(broker)
  })

  it.each([
    ['no balancer', without('nginx', 'haproxy'), /nginx or haproxy is not installed.*--require-real/],
    ['no broker', without('redis'), /redis-server is not installed.*--require-real/],
  ])(
    '%s: refused where stand-ins are not allowed, unless the scenario names the embedded part',
    (_, machine, words) => {
      const strict = { ...machine, allowsStandIns: false }
      expect(() => plan(strict)).toThrow(words)
      const named = plan(strict, 'cluster.balancer.kind=embedded', 'cluster.broker=embedded')
      expect(named.cluster).toMatchObject({ balancer: { isEmbedded: true }, broker: { isEmbedded: true } })
    },
  )

  it.each([
    [without('nginx'), ['cluster.balancer.kind=nginx'], /nginx is not installed/],
    [without('haproxy'), ['cluster.balancer.kind=haproxy'], /haproxy is not installed/],
    [without('redis'), ['cluster.broker=redis'], /redis-server is not installed/],
    [without('redis'), ['cluster.driver=local'], /redis-server is not installed/],
    [without('redis'), ['cluster.bridge=redis-streams'], /redis-server is not installed/],
    [without('nats'), ['cluster.bridge=nats'], /nats-server is not installed/],
    [without('nginx', 'haproxy'), ['cluster.driver=local'], /driver local needs nginx or haproxy/],
  ])('%#: a part that is set by name is not replaced', (machine, overrides, message) => {
    const error = errorOf(machine, ...overrides)
    expect(error.exit).toBe('setup')
    expect(error.message).toMatch(message)
    expect(error.hint).toMatch(/apt-get install/)
  })

  it('notes which parts are embedded', () => {
    expect(plan(bareMachine).notes).toEqual([
      expect.stringMatching(/balancer is embedded/),
      expect.stringMatching(/broker is embedded/),
    ])
    expect(plan(fullMachine).notes).toEqual([])
  })
})

describe('number of processes', () => {
  it.each([
    [100, 8, 20_000, 1],
    [200, 1, 20_000, 1],
    [200, 8, 20_000, 2],
    [10_000, 8, 20_000, 4],
    [100_000, 8, 20_000, 8],
    [50_000, 2, 20_000, 3],
    [20_000, 2, 4096, 7],
    [1000, 2, 1024, 2],
  ])('%d clients, %d cores, %d descriptors: %d workers', (clients, cores, descriptors, workers) => {
    const machine = { ...fullMachine, cores, descriptors, memoryBytes: 1e12 }
    expect(plan(machine, `clients.count=${clients}`, 'cluster.nodes=64').workers).toBe(workers)
  })

  it('runs nginx with at least two workers, and with as many as the clients need plus a margin', () => {
    expect(plan(fullMachine).cluster.balancer.processes).toBe(2)
    expect(plan({ ...fullMachine, cores: 1 }).cluster.balancer.processes).toBe(1)
    const { processes } = plan(fullMachine, 'clients.count=50k').cluster.balancer
    expect(processes).toBeGreaterThanOrEqual(Math.ceil((50_000 * 1.25 * 2) / 20_000))
    expect(processes).toBeLessThan(10)
  })

  it('runs one embedded balancer for few clients and several for many, with a note', () => {
    expect(plan(bareMachine).cluster.balancer.processes).toBe(1)
    const many = plan(bareMachine, 'clients.count=50k', 'cluster.nodes=4')
    expect(many.cluster.balancer.processes).toBeGreaterThan(3)
    expect(many.notes).toContainEqual(expect.stringMatching(/each balances its own connections only/))
  })

  it('numbers channels and publishers, and does not count publishers via backend as connections', () => {
    const traffic =
      'traffic=[{ channel: { name: a }, publishers: 2 }, { channel: { name: b, count: 5, members: 3 }, publishers: 4, rate: 2/s, via: backend }, { channel: { name: c } }]'
    const { channels, estimate } = plan(fullMachine, traffic)
    expect(
      channels.map(({ firstChannel, firstPublisher, members }) => [firstChannel, firstPublisher, members]),
    ).toEqual([
      [0, 0, 1000],
      [1, 2, 3],
      [6, 22, 1000],
    ])
    expect(estimate.connections).toBe(1003)
    expect(estimate.deliveriesPerSecond).toBe(2000 + 2 * 4 * 5 * 3 + 1000)
    expect(estimate.durationMs).toBe(1003 / 4 + 40_000)
  })
})

describe('a load that is too high for the machine', () => {
  it('has more clients than the nodes have file descriptors', () => {
    const error = errorOf(fullMachine, 'clients.count=50k', 'cluster.nodes=2')
    expect(error.message).toMatch(/25,001 connections on each of 2 nodes .* 19,500 .* 20,000 open files/)
    expect(error.hint).toMatch(/^cluster.nodes: 3 or more/)
  })

  it.each([
    ['event: node-kill', 'the 2 nodes that node-kill#1 leaves', 4],
    ['event: node-drain', 'the 2 nodes that node-drain#1 leaves', 4],
    ['event: rolling-deploy', 'the 2 nodes that rolling-deploy#1 leaves', 4],
    ['event: node-restart', 'the 2 nodes that node-restart#1 leaves', 4],
    ['event: node-freeze', 'the 2 nodes that node-freeze#1 leaves', 4],
  ])(
    'has more clients than the nodes that remain after an event have file descriptors: %s',
    (event, left, enough) => {
      const of = (nodes: number) => [
        'clients.count=57k',
        `cluster.nodes=${nodes}`,
        `chaos=[{ at: 10s, ${event} }]`,
      ]
      const error = errorOf(fullMachine, ...of(3))
      expect(error.message).toMatch(`28,501 connections on each of ${left} are more than the 19,500`)
      expect(error.hint).toMatch(new RegExp(`^cluster.nodes: ${enough} or more`))
      expect(() => plan(fullMachine, ...of(enough))).not.toThrow()
    },
  )

  it('is checked at the time with the fewest nodes', () => {
    const chaos = (...events: string[]) =>
      plan(fullMachine, 'clients.count=50k', `chaos=[${events.map((event) => `{ ${event} }`).join(', ')}]`)
    expect(() => chaos('at: 1s, event: scale-out', 'at: 9s, event: node-kill')).not.toThrow()
    expect(() => chaos('at: 9s, event: scale-out', 'at: 1s, event: node-kill')).toThrow(/node-kill#1 leaves/)
    expect(() => chaos('at: 1s, event: scale-out', 'at: 9s, event: scale-in, nodes: 2')).toThrow(
      /the 2 nodes that scale-in#1 leaves/,
    )
    const error = errorOf(fullMachine, 'clients.count=25k', 'chaos=[{ at: 1s, event: scale-in, nodes: 2 }]')
    expect(error.message).toMatch(/^25,001 connections on the one node that scale-in#1 leaves/)
    expect(error.hint).toMatch(/^cluster.nodes: 4 or more/)
  })

  it('has more clients on the fullest node with a strategy that hashes', () => {
    const hashed = ['clients.count=50k', 'cluster.nodes=3', 'cluster.balancer.strategy=consistent-hash']
    expect(() => plan(fullMachine, 'clients.count=50k', 'cluster.nodes=3')).not.toThrow()
    const error = errorOf(fullMachine, ...hashed)
    expect(error.message).toMatch(/^20,834 connections on the fullest of 3 nodes/)
    expect(error.hint).toMatch(/^cluster.nodes: 4 or more/)
  })

  it('needs more memory than the machine has', () => {
    const error = errorOf({ ...fullMachine, memoryBytes: 2e9 }, 'clients.count=50k', 'cluster.nodes=8')
    expect(error.message).toMatch(
      /50,001 connections need about [34].* GB of memory, but this machine has 2 GB/,
    )
    expect(error.exit).toBe('setup')
  })

  it('needs more memory with TLS, but no more file descriptors', () => {
    const [plain, overTls] = [[], ['cluster.balancer.tls=true']].map((tls) =>
      plan(fullMachine, 'clients.count=20k', ...tls),
    )
    const added = overTls!.estimate.memoryBytes - plain!.estimate.memoryBytes
    expect(added).toBe(plain!.estimate.connections * 71_000)
    expect(overTls!.cluster.balancer).toEqual({ ...plain!.cluster.balancer, tls: true })
    expect(overTls!.estimate.descriptorsPerWorker).toBe(plain!.estimate.descriptorsPerWorker)
  })

  it('has more clients behind one gateway than the gateway has ports', () => {
    const addresses = 'clients.addresses={ gateways: 64, skew: 1.5 }'
    const error = errorOf(fullMachine, 'clients.count=100k', 'cluster.nodes=8', addresses)
    expect(error.message).toMatch(
      /the busiest gateway would hold 4\d,\d{3} connections, but has 28,232 ports/,
    )
    expect(plan(fullMachine, addresses).clients.addresses).toEqual({
      kind: 'gateways',
      gateways: 64,
      skew: 1.5,
    })
  })

  it('has more connections than ports if there is one source address', () => {
    const machine = { ...fullMachine, hasLoopbackRange: false }
    expect(errorOf(machine, 'clients.count=40k', 'cluster.nodes=8').message).toMatch(
      /127.0.0.1.* 40,001 .* 28,232 ports/,
    )
    const { clients, notes } = plan(
      machine,
      'cluster.balancer.strategy=ip-hash',
      'clients.addresses={ gateways: 9 }',
    )
    expect(clients.addresses).toEqual({ kind: 'single' })
    expect(notes.join('\n')).toMatch(
      /at most 28,232 connections[\s\S]*ip-hash sends all clients[\s\S]*is ignored/,
    )
  })

  it('is only noted if a limit may be exceeded in the worst case', () => {
    const many = ['clients.count=30k', 'cluster.nodes=2']
    expect(plan(fullMachine, ...many).notes).toEqual([])
    expect(plan(fullMachine, ...many, 'cluster.balancer.strategy=ip-hash').notes[0]).toMatch(
      /ip-hash may send more/,
    )
  })
})

it.each([
  ['least-connections', false, false],
  ['ip-hash', false, false],
  ['cookie', true, false],
  ['consistent-hash', false, true],
])('clients of %s keep cookies: %s, send their id: %s', (strategy, keepsCookies, sendsClientId) => {
  const { clients } = plan(fullMachine, `cluster.balancer.strategy=${strategy}`)
  expect(clients).toMatchObject({ keepsCookies, sendsClientId })
})

describe('events', () => {
  it('count for the maximum of nodes, and determine the phases', () => {
    const chaos = 'chaos=[{ at: 12s, event: node-kill, node: 2 }, { at: 2s, event: scale-out, nodes: 3 }]'
    const { cluster, chaos: planned, phases } = plan(fullMachine, chaos)
    expect(cluster).toMatchObject({ nodes: 3, maxNodes: 6 })
    expect(planned).toEqual([
      { id: 'scale-out#1', atMs: 2000, windowMs: 15_000, action: { event: 'scale-out', nodes: 3 } },
      { id: 'node-kill#1', atMs: 12_000, windowMs: 15_000, action: { event: 'node-kill', node: 2 } },
    ])
    expect(phases.spans.map(({ name }) => name)).toEqual([
      'warmup',
      'steady',
      'scale-out#1',
      'node-kill#1',
      'steady',
    ])
  })

  it('add a proxy before the broker only if one needs it, with a note', () => {
    const proxied = (chaos: string) => {
      const { cluster, notes } = plan(fullMachine, chaos)
      return [cluster.broker?.isProxied, notes.some((note) => /through a proxy/.test(note))]
    }
    expect(proxied('chaos=[{ at: 1s, event: broker-restart }]')).toEqual([false, false])
    expect(proxied('chaos=[{ at: 1s, event: latency }]')).toEqual([true, true])
  })

  it('can’t be a reload if auto finds no balancer that can reload', () => {
    const error = errorOf(bareMachine, 'chaos=[{ at: 1s, event: balancer-reload }]')
    expect(error.message).toMatch(/^balancer-reload#1: the only balancer available, embedded, can't reload/)
  })

  it('have a window of a whole drain plus 10 s', () => {
    const drained = plan(fullMachine, 'chaos=[{ at: 1s, event: node-drain }]', 'cluster.drain.window=7s')
    expect(drained.chaos[0]?.windowMs).toBe(17_000)
  })
})

describe.each(bundledScenarios())('bundled %s', (name) => {
  it.each<[string, Machine]>([
    ['full', fullMachine],
    // The embedded balancer has one source address, with too few ports for 300,000 clients.
    ...(name === 'idle-300k' ? [] : [['bare', leastMachine(loadScenario(name))] satisfies [string, Machine]]),
  ])('is planned on a %s machine', (_which, machine) => {
    const planned = planScenario(loadScenario(name), machine)
    expect(planned.name).toBe(basename(name))
    expect(planned.description).not.toBe('')
    expect(planned.gates.length).toBeGreaterThan(0)
    expect(planScenario(loadScenario(name), machine)).toEqual(planned)
  })
})

it('plans a smoke run of at most 12 s, so that it takes less than 15 s with start and end', () => {
  expect(planScenario(loadScenario('smoke'), bareMachine).estimate.durationMs).toBeLessThanOrEqual(12_000)
})

describe('validity', () => {
  it('has the default bounds that docs/latency.md lists', () => {
    expect(plan(fullMachine).validity).toEqual({
      eventLoopLagP99Ms: 100,
      sendDelayP99Ms: 100,
      overrunShare: 0.01,
      workerCpuShare: 0.95,
      pauseMs: 2_000,
      failedConnectsShare: 0.01,
      exhaustedConnects: 0,
      listenOverflows: 0,
    })
  })

  it.each([
    ['eventLoopLag=1s', { eventLoopLagP99Ms: 1_000 }],
    ['sendDelay=250ms', { sendDelayP99Ms: 250 }],
    ['overruns=5%', { overrunShare: 0.05 }],
    ['workerCpu=80%', { workerCpuShare: 0.8 }],
    ['pause=500ms', { pauseMs: 500 }],
    ['failedConnects=0%', { failedConnectsShare: 0 }],
    ['exhaustedConnects=3', { exhaustedConnects: 3 }],
    ['listenOverflows=1k', { listenOverflows: 1_000 }],
  ])('validity.%s', (override, bound) => {
    expect(plan(fullMachine, `validity.${override}`).validity).toMatchObject(bound)
  })
})
