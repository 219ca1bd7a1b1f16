import { describe, expect, it } from 'vitest'
import { connectionsTo, descendants } from './support/host.js'
import { miniature, patience, set } from './support/miniature.js'
import { runLocally } from './support/run-local.js'
import { expectAllBack, othersBlamed, parts, trial } from './support/trial.js'
import { describeReal, start, until } from './support/wsbench.js'

function balancerEvents(on: keyof typeof parts): void {
  it('balancer-kill cuts off everybody until it is back', async () => {
    const chaos = '[{ at: 500ms, event: reconnect-storm }, { at: 2s, event: balancer-kill, downtime: 500ms }]'
    const { result, events } = await trial(chaos, on, set({ 'phases.measure': '4500ms' }))
    const [storm, kill] = events
    expectAllBack(storm)
    expectAllBack(kill)
    expect(kill!.affectedClients).toBe(60)
    expect(kill!.finishedAtMs - kill!.startedAtMs).toBeGreaterThanOrEqual(500)
    expect(othersBlamed(result, ['reconnect-storm#1', 'balancer-kill#1'])).toEqual([])
    expect(kill!.lost).toBeGreaterThan(0)
  })
}

/** A run of a few seconds in this process, with one event. */
function shortScenario(on: keyof typeof parts, event: string): string {
  const broker = on === 'embedded' ? 'embedded' : 'redis'
  return `{ name: short, clients: { count: 60 }, chaos: [{ at: 500ms, event: ${event} }],
    cluster: { nodes: 3, broker: ${broker}, balancer: { kind: ${on} } }, traffic: [{ channel: { name: scores }, rate: 20/s }],
    phases: { warmup: 500ms, measure: 2s, grace: 1500ms }, validity: ${patience} }`
}

/** Processes that take connections, by what their command lines say. */
const takers = { nginx: /nginx: worker process/, haproxy: /haproxy/ } as const

function reloadEvent(on: keyof typeof takers): void {
  it('balancer-reload: other processes take who comes, and nobody is cut off', async () => {
    let before: readonly number[] = []
    const after: Promise<readonly number[]>[] = []
    const { events, connections, delivery } = await runLocally(
      shortScenario(on, 'balancer-reload'),
      async (cluster) => {
        before = await descendants(takers[on])
        return cluster
      },
      // Told as it begins, then as it ends.
      { onEvent: () => void after.push(descendants(takers[on])) },
    )
    expect(events).toMatchObject([{ failure: null, affectedClients: 0, lost: 0 }])
    const successors = (await after.at(-1)!).filter((pid) => !before.includes(pid))
    expect(before.length).toBeGreaterThan(0)
    expect(successors.length).toBeGreaterThanOrEqual(before.length)
    expect([connections.reconnects, delivery.lost]).toEqual([0, 0])
  })
}

function brokerEvents(on: keyof typeof parts): void {
  it('broker-disconnect: nodes connect and subscribe anew, no client is cut off', async () => {
    let url = ''
    let before = new Set<string>()
    let after = new Set<string>()
    const { events, delivery } = await runLocally(
      shortScenario(on, 'broker-disconnect'),
      (cluster) => {
        url = cluster.brokerUrl!
        before = connectionsTo(url)
        return cluster
      },
      {
        onStage(stage) {
          if (stage === 'settle') after = connectionsTo(url)
        },
      },
    )
    expect(events).toMatchObject([{ failure: null, affectedClients: 0 }])
    expect([before.size, after.size]).toEqual([6, 6])
    expect([...after].filter((port) => before.has(port))).toEqual([])
    expect(delivery.byPhase['broker-disconnect#1']!.delivered).toBeGreaterThan(0)
  })

  it('broker-restart: no client is cut off, nodes subscribe again, losses are its own', async () => {
    const { result, events } = await trial('[{ at: 1s, event: broker-restart, downtime: 500ms }]', on)
    expect(events.map(({ affectedClients }) => affectedClients)).toEqual([0])
    expect(othersBlamed(result, ['broker-restart#1'])).toEqual([])
    const { sent, acked } = result.delivery.published
    expect(acked).toBeLessThan(sent)
    expect(result.delivery.byPhase['broker-restart#1']!.delivered).toBeGreaterThan(0)
  })

  it('partition and latency: late and in order, the partition only where it strikes', async () => {
    const chaos =
      '[{ at: 500ms, event: partition, nodes: n2, for: 1s }, { at: 3s, event: latency, delay: 300ms, jitter: 50ms, for: 1s }]'
    const backend = set({ 'traffic[0].via': 'backend', 'traffic[1].via': 'backend' })
    const { result, events } = await trial(chaos, on, backend)
    expect(events.map(({ targets }) => targets)).toEqual([['n2'], ['n1', 'n2', 'n3']])
    expect([result.delivery.lost, result.delivery.reordered]).toEqual([0, 0])
    const { 'partition#1': partition, 'latency#1': latency } = result.latency.byPhase
    expect(partition!.max).toBeGreaterThan(900_000)
    expect(partition!.min).toBeLessThan(250_000)
    expect(latency!.max).toBeGreaterThan(250_000)
  })
}

/** Who notices that a node is frozen is its clients, whatever the balancer knows. */
function freezeNoticed(on: keyof typeof parts): void {
  it('node-freeze, noticed by heartbeats: its clients leave while it is frozen, nobody else does', async () => {
    const { result, events } = await trial(
      '[{ at: 500ms, event: node-freeze, node: 2, for: 5s }]',
      on,
      set({
        'clients.heartbeat.every': '1s',
        'clients.heartbeat.timeout': '500ms',
        'clients.connectTimeout': '1s',
      }),
    )
    const [freeze] = events
    expect(freeze!.affectedClients).toBe(result.balance['node-freeze#1']!.perNode.n2)
    const whileFrozen = result.timeline.filter(({ tMs }) => tMs >= 0 && tMs + 1000 <= freeze!.finishedAtMs)
    const left = whileFrozen.reduce((sum, { disconnects }) => sum + disconnects, 0)
    expect(left).toBe(freeze!.affectedClients)
    expect(result.connections.heartbeats.missed).toBeGreaterThanOrEqual(left)
    expectAllBack(freeze)
    expect(othersBlamed(result, ['node-freeze#1'])).toEqual([])
  })
}

/** One run for all, since each event waits for the balancer to take the node back. */
function nodeEvents(on: keyof typeof parts): void {
  it('node-restart, rolling-deploy, scale-in: nodes go and come back, and all losses are theirs', async () => {
    const chaos = `[{ at: 500ms, event: node-restart, node: 1, how: kill }, { at: 4s, event: node-restart, node: 2, how: drain },
      { at: 9s, event: rolling-deploy, pause: 100ms }, { at: 27s, event: scale-in, nodes: 2 }]`
    const { result, events } = await trial(chaos, on, set({ 'phases.measure': '31s' }))
    const [killed, drained, deployed, left] = events
    // In order of birth: n3 is the oldest by now.
    const targets = events.map((event) => event.targets)
    expect(targets).toEqual([['n1'], ['n2'], ['n3', 'n1', 'n2'], ['n2', 'n1']])
    const returned = events.map(({ affinity }) => affinity.routedToDraining)
    expect(returned).toEqual([null, ...[drained, deployed, left].map(() => expect.any(Number))])
    for (const event of [killed, drained, deployed, left]) expectAllBack(event)
    expect(deployed!.affectedClients).toBeGreaterThanOrEqual(60)
    expect(deployed!.finishedAtMs).toBeLessThan(left!.startedAtMs)
    expect(result.connections.closeCodes['1001']).toBeGreaterThanOrEqual(
      drained!.affectedClients + deployed!.affectedClients + left!.affectedClients,
    )
    expect(
      othersBlamed(
        result,
        events.map(({ id }) => id),
      ),
    ).toEqual([])
    expect(deployed!.lost).toBeGreaterThan(0)
    expect(result.cluster.nodes).toEqual(['n1', 'n2', 'n3'])
  })
}

describeReal('events behind nginx, over redis', ['nginx', 'redis-server'], () => {
  balancerEvents('nginx')
  reloadEvent('nginx')
  nodeEvents('nginx')
  freezeNoticed('nginx')
  brokerEvents('nginx')

  it('node-freeze, broker-freeze: no connection breaks, nothing is lost, all comes late', async () => {
    const chaos =
      '[{ at: 500ms, event: node-freeze, node: 2, for: 1s }, { at: 3s, event: broker-freeze, for: 1s }]'
    const { result, events } = await trial(chaos, 'nginx')
    expect(events.map(({ targets, affectedClients }) => [targets, affectedClients])).toEqual([
      [['n2'], 0],
      [[], 0],
    ])
    expect(result.delivery.lost).toBe(0)
    for (const { id } of events) expect(result.latency.byPhase[id]!.max).toBeGreaterThan(900_000)
    expect(result.delivery.published.unacked).toBe(0)
  })

  it('broker-kill: what is published afterwards is not confirmed, so it is due to nobody', async () => {
    const { result, events } = await trial('[{ at: 1s, event: broker-kill }]', 'nginx')
    expect(events[0]!.affectedClients).toBe(0)
    const { sent, acked } = result.delivery.published
    expect(acked).toBeGreaterThan(0)
    expect(acked).toBeLessThan(sent / 2)
    expect(othersBlamed(result, ['broker-kill#1'])).toEqual([])
  })

  it('client-stall and reconnect-storm: late is not lost, cut is', async () => {
    const chaos =
      '[{ at: 500ms, event: client-stall, for: 1s }, { at: 3s, event: reconnect-storm, share: 50% }]'
    const { result, events } = await trial(chaos, 'nginx')
    expect(events[0]).toMatchObject({ affectedClients: 0, lost: 0 })
    expect(result.latency.byPhase['client-stall#1']!.max).toBeGreaterThan(900_000)
    expectAllBack(events[1])
    expect(events[1]!.affectedClients).toBeGreaterThan(15)
    expect(events[1]!.affectedClients).toBeLessThan(45)
    expect(othersBlamed(result, ['reconnect-storm#1'])).toEqual([])
  })
})

describeReal('events behind HAProxy, over redis', ['haproxy', 'redis-server'], () => {
  balancerEvents('haproxy')
  reloadEvent('haproxy')
  nodeEvents('haproxy')
  freezeNoticed('haproxy')
})

describe('events on embedded parts', () => {
  brokerEvents('embedded')
  freezeNoticed('embedded')

  it('client-stall: who stays behind for too long is cut off by the node, and the result says so', async () => {
    const chaos = '[{ at: 0s, event: client-stall, for: 4s }]'
    const heavy = set({
      'clients.count': '2',
      traffic: '[{ channel: { name: scores }, rate: 20/s, size: 1MiB }]',
      'phases.measure': '5s',
      gates: '[]',
    })
    const { result } = await trial(chaos, 'embedded', heavy)
    expect(result.cluster.backlogDisconnects).toBe(2)
  })

  it('an event that would outlast the run ends with it', async () => {
    const chaos =
      '[{ at: 1s, event: node-freeze, node: 1, for: 1h }, { at: 1s, event: broker-freeze, for: 1h }]'
    const { events } = await trial(chaos, 'embedded', set({ 'phases.measure': '2s', 'phases.grace': '3s' }))
    for (const { finishedAtMs } of events) expect(finishedAtMs).toBeGreaterThanOrEqual(1_990)
  })

  it('nothing stays frozen when wsbench is killed', async () => {
    const chaos =
      '[{ at: 0s, event: node-freeze, node: 1, for: 1h }, { at: 10ms, event: partition, nodes: 2, for: 1h }]'
    const run = start([
      ...['run', 'smoke', ...miniature, ...parts.embedded, '--set', `chaos=${chaos}`],
      ...set({ 'phases.measure': '60s' }),
    ])
    await run.said('partition#1')
    expect(run.processes().size).toBeGreaterThan(5)
    run.child.kill('SIGKILL')
    await until(() => run.processes().size === 0, 'all processes to be gone')
    expect((await run.finished).leftovers).toEqual([])
  })
})
