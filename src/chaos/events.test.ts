import { describe, expect, it } from 'vitest'
import { type EventArguments, type EventKind, eventOf, events } from './index.js'
import { recordingCluster, recordingContext } from './testing/recording-cluster.js'

/** Hooks, which reach outside, have a test of their own. */
const kinds = (Object.keys(events) as EventKind[]).filter((kind) => !('announce' in events[kind]))
const SETTING = { nodes: 3, drainWindowMs: 30_000 }

/** The event's arguments as a scenario's would be read, defaults filled in. */
function action(kind: EventKind, given: object = {}): EventArguments {
  return { event: kind, ...events[kind].arguments.parse(given) } as EventArguments
}

async function inject(kind: EventKind, given: object, context: Parameters<typeof recordingContext>[1] = {}) {
  const { cluster, asked } = recordingCluster()
  const chosen = action(kind, given)
  await eventOf(chosen).inject(cluster, chosen, recordingContext(asked, context))
  return asked
}

describe.each(kinds)('event %s', (kind) => {
  it('is called what its registry line says, in a sentence, and needs no arguments', async () => {
    expect(events[kind].kind).toBe(kind)
    expect(events[kind].summary).toMatch(/^[a-zA-Z].{10,}[^.]$/)
    expect(eventOf(action(kind)).windowMs(action(kind), SETTING)).toBeGreaterThan(0)
  })

  it('refuses what it does not know', () => {
    expect(events[kind].arguments.safeParse({ nonsense: 1 }).success).toBe(false)
  })

  it('names the nodes it affects, each once, before it acts', async () => {
    const asked = await inject(kind, {})
    const named = asked.filter((line) => line.startsWith('affect'))
    expect(named).toEqual([...new Set(named)])
    expect(asked[0]).toMatch(/^affect/)
    expect(asked.length).toBeGreaterThan(1)
  })

  it('undoes what must not outlive the run, though measuring ends early', async () => {
    const asked = await inject(kind, {}, { hasTime: false }).catch(() => [])
    const count = (what: RegExp) => asked.filter((line) => what.test(line)).length
    expect(count(/^freeze/)).toBe(count(/^thaw/))
    expect(count(/^shape .*"(black-hole|delay)"/)).toBe(count(/^shape .*"clear"/))
    expect(count(/^disturb .*"(churn|stall)"/)).toBe(count(/^endDisturbance/))
  })
})

describe('what each asks for', () => {
  it.each<[EventKind, object, readonly string[]]>([
    ['scale-in', { nodes: 2 }, ['affect n3', 'drain "n3"', 'affect n2', 'drain "n2"']],
    ['node-freeze', { node: 2, for: '3s' }, ['affect n2', 'freeze "n2"', 'wait 3000', 'thaw "n2"']],
    ['node-restart', { node: 'n1' }, ['affect n1', 'kill "n1"', 'restart "n1"']],
    ['node-restart', { node: 3, how: 'drain' }, ['affect n3', 'drain "n3"', 'restart "n3"']],
    [
      'rolling-deploy',
      { pause: '1s' },
      [
        ...['affect n1', 'drain "n1"', 'restart "n1"', 'wait 1000'],
        ...['affect n2', 'drain "n2"', 'restart "n2"', 'wait 1000'],
        ...['affect n3', 'drain "n3"', 'restart "n3"'],
      ],
    ],
    ['balancer-reload', {}, ['affect', 'reload balancer']],
    ['balancer-kill', { downtime: '1s' }, ['affect', 'kill balancer', 'wait 1000', 'start balancer']],
    ['broker-kill', {}, ['affect', 'kill broker']],
    ['broker-restart', {}, ['affect', 'kill broker', 'wait 2000', 'start broker']],
    ['broker-freeze', {}, ['affect', 'freeze "broker"', 'wait 5000', 'thaw "broker"']],
    ['broker-disconnect', {}, ['affect', 'disconnect broker']],
    [
      'partition',
      { nodes: [1, 'n3'], for: '1s' },
      [
        'affect n1 n3',
        'shape ["n1","n3"] {"kind":"black-hole"}',
        'wait 1000',
        'shape ["n1","n3"] {"kind":"clear"}',
      ],
    ],
    [
      'latency',
      { delay: '20ms', jitter: '5ms' },
      [
        'affect n1 n2 n3',
        'shape ["n1","n2","n3"] {"kind":"delay","delayMs":20,"jitterMs":5,"seed":2147483648}',
        'wait 5000',
        'shape ["n1","n2","n3"] {"kind":"clear"}',
      ],
    ],
    [
      'client-churn',
      { for: '1m' },
      ['affect', 'disturb {"kind":"churn","everyMs":15000,"offlineMs":2000}', 'wait 60000', 'endDisturbance'],
    ],
    [
      'client-stall',
      { share: '50%' },
      ['affect', 'disturb {"kind":"stall","share":0.5}', 'wait 5000', 'endDisturbance'],
    ],
    ['reconnect-storm', {}, ['affect', 'disturb {"kind":"cut","share":1}']],
  ])('%s %j', async (kind, given, expected) => {
    expect(await inject(kind, given)).toEqual(expected)
  })

  it('scale-in leaves at least one node', async () => {
    await expect(inject('scale-in', { nodes: 3 })).rejects.toThrow(/none would be left/)
  })

  it('a rolling deploy that measuring cuts short has failed, and says how far it came', async () => {
    await expect(inject('rolling-deploy', {}, { hasTime: false })).rejects.toThrow(/after 1 of 3 nodes/)
  })

  it('each random of a list is another node', async () => {
    const [affected] = await inject('partition', { nodes: ['random', 'random', 1] })
    expect(affected!.split(' ').slice(1).toSorted()).toEqual(['n1', 'n2', 'n3'])
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
  ])('%s refuses %j', (kind, given) => {
    expect(events[kind].arguments.safeParse(given).success).toBe(false)
  })
})
