import { describe, expect, it } from 'vitest'
import { type EventKind, eventOf, events } from './index.js'
import { actionOf, inject } from './testing/recording-cluster.js'

/** Hooks have a test of their own. */
const kinds = (Object.keys(events) as EventKind[]).filter((kind) => !('announce' in events[kind]))
const SETTING = { nodes: 3, drainWindowMs: 30_000 }

describe.each(kinds)('event %s', (kind) => {
  it('has the name of its registry line and a summary, and needs no arguments', async () => {
    expect(events[kind].kind).toBe(kind)
    expect(events[kind].summary).toMatch(/^[a-zA-Z].{10,}[^.]$/)
    expect(eventOf(actionOf(kind)).windowMs(actionOf(kind), SETTING)).toBeGreaterThan(0)
  })

  it('rejects unknown arguments', () => {
    expect(events[kind].arguments.safeParse({ nonsense: 1 }).success).toBe(false)
  })

  it('undoes what must not outlive the run, even when measuring ends early', async () => {
    const calls = await inject(kind, {}, { hasTime: false }).catch(() => [])
    const count = (what: RegExp) => calls.filter((line) => what.test(line)).length
    expect(count(/^freeze/)).toBe(count(/^thaw/))
    expect(count(/^shape .*"(black-hole|delay)"/)).toBe(count(/^shape .*"clear"/))
    expect(count(/^disturb .*"(churn|stall)"/)).toBe(count(/^end disturbance/))
  })
})

describe('the calls each makes', () => {
  it.each<[EventKind, object, readonly string[]]>([
    [
      'scale-in',
      { nodes: 2 },
      ['on n3 n2', 'turn n3', 'drain "n3"', 'end turn', 'turn n2', 'drain "n2"', 'end turn'],
    ],
    ['node-freeze', { node: 2, for: '3s' }, ['on n2', 'freeze "n2"', 'wait 3000', 'thaw "n2"']],
    ['node-restart', { node: 'n1' }, ['on n1', 'kill "n1"', 'restart "n1"']],
    ['node-restart', { node: 3, how: 'drain' }, ['on n3', 'drain "n3"', 'restart "n3"']],
    [
      'rolling-deploy',
      { pause: '1s' },
      [
        'on n1 n2 n3',
        ...['turn n1', 'drain "n1"', 'restart "n1"', 'end turn', 'wait 1000'],
        ...['turn n2', 'drain "n2"', 'restart "n2"', 'end turn', 'wait 1000'],
        ...['turn n3', 'drain "n3"', 'restart "n3"', 'end turn'],
      ],
    ],
    ['balancer-reload', {}, ['on all', 'reload balancer']],
    ['balancer-kill', { downtime: '1s' }, ['on all', 'kill balancer', 'wait 1000', 'start balancer']],
    ['broker-kill', {}, ['on all', 'kill broker']],
    ['broker-restart', {}, ['on all', 'kill broker', 'wait 2000', 'start broker']],
    ['broker-freeze', {}, ['on all', 'freeze "broker"', 'wait 5000', 'thaw "broker"']],
    ['broker-disconnect', {}, ['on all', 'disconnect broker']],
    [
      'partition',
      { nodes: [1, 'n3'], for: '1s' },
      [
        'on n1 n3',
        'shape ["n1","n3"] {"kind":"black-hole"}',
        'wait 1000',
        'shape ["n1","n3"] {"kind":"clear"}',
      ],
    ],
    [
      'latency',
      { delay: '20ms', jitter: '5ms' },
      [
        'on n1 n2 n3',
        'shape ["n1","n2","n3"] {"kind":"delay","delayMs":20,"jitterMs":5,"seed":2147483648}',
        'wait 5000',
        'shape ["n1","n2","n3"] {"kind":"clear"}',
      ],
    ],
    [
      'client-churn',
      { for: '1m' },
      [
        'on all',
        'disturb {"kind":"churn","everyMs":15000,"offlineMs":2000,"forMs":60000}',
        'wait 60000',
        'end disturbance',
      ],
    ],
    [
      'client-stall',
      { share: '50%' },
      ['on all', 'disturb {"kind":"stall","share":0.5}', 'wait 5000', 'end disturbance'],
    ],
    ['reconnect-storm', {}, ['on all', 'disturb {"kind":"cut","share":1}']],
  ])('%s %j', async (kind, given, expected) => {
    expect(await inject(kind, given)).toEqual(expected)
  })

  it('scale-in leaves at least one node', async () => {
    await expect(inject('scale-in', { nodes: 3 })).rejects.toThrow(/none would be left/)
  })

  it('a rolling deploy fails if measuring ends first, and says how far it got', async () => {
    await expect(inject('rolling-deploy', {}, { hasTime: false })).rejects.toThrow(/after 1 of 3 nodes/)
  })

  it('each random in a list is a different node', async () => {
    const [on] = await inject('partition', { nodes: ['random', 'random', 1] })
    expect(on!.split(' ').slice(1).toSorted()).toEqual(['n1', 'n2', 'n3'])
    await expect(inject('partition', { nodes: [1, 'random', 'random', 'random'] })).rejects.toThrow(/no node/)
  })
})

describe('arguments', () => {
  it.each<[EventKind, object]>([
    ['node-freeze', { for: 5 }],
    ['node-freeze', { for: '0s' }],
    ['node-freeze', { node: 'n0' }],
    ['node-restart', { how: 'politely' }],
    ['scale-in', { nodes: 0 }],
    ['partition', { nodes: [] }],
    ['partition', { nodes: 'some' }],
    ['latency', { delay: '0ms' }],
    ['client-churn', { every: '2s', offline: '2s' }],
    ['client-stall', { share: '0%' }],
    ['reconnect-storm', { share: 5 }],
    ['balancer-kill', { downtime: '2h' }],
  ])('%s rejects %j', (kind, given) => {
    expect(events[kind].arguments.safeParse(given).success).toBe(false)
  })
})
