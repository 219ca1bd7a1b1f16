import { describe, expect, it } from 'vitest'
import type { EventResult, Result } from '../src/results/result.js'
import { miniature, set } from './support/miniature.js'
import { describeReal, start, until, wsbench } from './support/wsbench.js'

const parts = {
  nginx: ['--balancer', 'nginx', '--set', 'cluster.broker=redis'],
  haproxy: ['--balancer', 'haproxy', '--set', 'cluster.broker=redis'],
  embedded: ['--balancer', 'embedded', '--set', 'cluster.broker=embedded'],
} as const

interface Trial {
  readonly result: Result
  readonly events: readonly EventResult[]
}

/** A miniature of smoke with these events; every event must have done what it should, and nothing may be left behind. */
async function trial(chaos: string, on: keyof typeof parts, more: readonly string[] = []): Promise<Trial> {
  const { stdout, stderr, result, orphans, leftovers } = await wsbench([
    ...['run', 'smoke', ...miniature, ...parts[on]],
    ...['--set', 'traffic[0].rate=20/s', '--set', `chaos=${chaos}`, ...more],
  ])
  expect(result, `${stdout}\n${stderr}`).not.toBeNull()
  expect([orphans, leftovers]).toEqual([[], []])
  expect(result!.verdict.outcome, stdout).not.toBe('invalid')
  expect(result!.events.map(({ failure }) => failure)).toEqual(result!.events.map(() => null))
  return { result: result!, events: result!.events }
}

/** Who is to blame for losses, `unexplained` included where there are any. */
function blamed({ delivery }: Result): string[] {
  return Object.keys(delivery.byCause).filter((cause) => delivery.byCause[cause]!.lost > 0)
}

function expectAllBack(event: EventResult | undefined): void {
  expect(event!.affectedClients).toBeGreaterThan(0)
  expect(event!.recovery.recovered).toBe(event!.affectedClients)
}

/** Causes of losses, but for these. */
function othersBlamed(result: Result, expected: readonly string[]): string[] {
  return blamed(result).filter((cause) => !expected.includes(cause))
}

function balancerEvents(on: keyof typeof parts): void {
  it('balancer-reload cuts nobody off; balancer-kill cuts off everybody until it is back', async () => {
    const chaos =
      '[{ at: 500ms, event: balancer-reload }, { at: 2s, event: reconnect-storm }, { at: 3500ms, event: balancer-kill, downtime: 500ms }]'
    const { result, events } = await trial(chaos, on)
    const [reload, storm, kill] = events
    expect(reload).toMatchObject({ id: 'balancer-reload#1', affectedClients: 0, lost: 0 })
    expectAllBack(storm)
    expectAllBack(kill)
    expect(kill!.affectedClients).toBe(60)
    expect(kill!.finishedAtMs - kill!.startedAtMs).toBeGreaterThanOrEqual(500)
    expect(othersBlamed(result, ['reconnect-storm#1', 'balancer-kill#1'])).toEqual([])
    expect(kill!.lost).toBeGreaterThan(0)
  })
}

function brokerEvents(on: keyof typeof parts): void {
  it('broker-disconnect, broker-restart: no client is cut off, nodes subscribe again, losses are theirs', async () => {
    const chaos =
      '[{ at: 500ms, event: broker-disconnect }, { at: 2s, event: broker-restart, downtime: 500ms }]'
    const { result, events } = await trial(chaos, on)
    expect(events.map(({ affectedClients }) => affectedClients)).toEqual([0, 0])
    expect(othersBlamed(result, ['broker-restart#1', 'broker-disconnect#1'])).toEqual([])
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

describeReal('events behind nginx, over redis', ['nginx', 'redis-server'], () => {
  balancerEvents('nginx')
  brokerEvents('nginx')

  it('scale-in: the newest nodes are drained, one after the other, and all losses are its own', async () => {
    const { result, events } = await trial('[{ at: 1s, event: scale-in, nodes: 2 }]', 'nginx')
    expect(events[0]!.targets).toEqual(['n3', 'n2'])
    expectAllBack(events[0])
    expect(result.connections.closeCodes['1001']).toBeGreaterThanOrEqual(events[0]!.affectedClients)
    expect(othersBlamed(result, ['scale-in#1'])).toEqual([])
    expect(events[0]!.affinity.returnedToDrained).toEqual(expect.any(Number))
  })

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
    expect(result.delivery.published.indeterminate).toBe(0)
  })

  it('node-freeze, noticed by heartbeats: its clients leave while it is frozen, nobody else does', async () => {
    const { result, events } = await trial(
      '[{ at: 500ms, event: node-freeze, node: 2, for: 5s }]',
      'nginx',
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

  it('node-restart, by kill and by drain: the node comes back under its name', async () => {
    const chaos =
      '[{ at: 500ms, event: node-restart, node: 1, how: kill }, { at: 6s, event: node-restart, node: 2, how: drain }]'
    const { result, events } = await trial(chaos, 'nginx', set({ 'phases.measure': '14s' }))
    expect(events.map(({ targets }) => targets)).toEqual([['n1'], ['n2']])
    expect(events.map(({ affinity }) => affinity.returnedToDrained)).toEqual([null, expect.any(Number)])
    for (const event of events) expectAllBack(event)
    expect(othersBlamed(result, ['node-restart#1', 'node-restart#2'])).toEqual([])
    expect(result.cluster.nodes).toEqual(['n1', 'n2', 'n3'])
  })

  it('rolling-deploy: every node in turn, and all losses are its own', async () => {
    const chaos = '[{ at: 500ms, event: rolling-deploy, pause: 100ms }]'
    const longer = [...set({ 'phases.measure': '20s' }), '--nodes', '2']
    const { result, events } = await trial(chaos, 'nginx', longer)
    expect(events[0]!.targets).toEqual(['n1', 'n2'])
    expectAllBack(events[0])
    expect(events[0]!.affectedClients).toBeGreaterThanOrEqual(60)
    expect(blamed(result)).toEqual(['rolling-deploy#1'])
  })

  it('broker-kill: what is published afterwards is not confirmed, so nobody is owed it', async () => {
    const { result, events } = await trial('[{ at: 1s, event: broker-kill }]', 'nginx')
    expect(events[0]!.affectedClients).toBe(0)
    const { sent, acked } = result.delivery.published
    expect(acked).toBeGreaterThan(0)
    expect(acked).toBeLessThan(sent / 2)
    expect(othersBlamed(result, ['broker-kill#1'])).toEqual([])
  })

  it('client-churn: each client misses what is sent while it is away, and nothing in flight', async () => {
    const chaos = '[{ at: 0s, event: client-churn, every: 2s, offline: 500ms, for: 6s }]'
    const { result, events } = await trial(chaos, 'nginx')
    expectAllBack(events[0])
    expect(events[0]!.affectedClients).toBe(3 * 60)
    expect(events[0]!.recovery.downtimeMicros.min).toBeGreaterThan(490_000)
    expect(blamed(result)).toEqual(['client-churn#1'])
    expect(result.delivery.lostInFlight).toBe(0)
    const { due, missedOffline } = result.delivery.byPhase['client-churn#1']!
    expect(missedOffline / due).toBeGreaterThan(0.2)
    expect(missedOffline / due).toBeLessThan(0.4)
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
})

describe('events on embedded parts', () => {
  brokerEvents('embedded')

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
