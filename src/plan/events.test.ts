import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventArguments } from '../chaos/index.js'
import type { PlannedEvent, ScheduledEvent } from '../chaos/planned-event.js'
import { balancerSettings } from '../cluster/balancers/settings.js'
import { fewestNodesMoment, numberEvents, planEvents, planSpans } from './events.js'

const phases = { warmup: 5000, measure: 60_000, grace: 1000 }
const event = (id: string, atMs: number, windowMs: number) => ({ id, atMs, windowMs })
const spans = (...chaos: ReturnType<typeof event>[]) =>
  planSpans(phases, chaos).map(({ name, startMs, endMs }) => `${name} ${startMs} ${endMs}`)

describe('the moment with the fewest nodes', () => {
  const at = (atMs: number, action: EventArguments, windowMs = 15_000): PlannedEvent => ({
    id: action.event,
    atMs,
    windowMs,
    action,
  })
  const kill = { event: 'node-kill', node: 1 } as const
  const restart = { event: 'node-restart', node: 1, how: 'kill' } as const
  const grow = { event: 'scale-out', nodes: 2 } as const

  it.each<[string, PlannedEvent[], number, string | null]>([
    ['is the start without events', [], 3, null],
    ['is the start if nodes are added before one is killed', [at(1, grow), at(2, kill)], 3, null],
    ['counts a removal before an addition at the same time', [at(1, grow), at(1, kill)], 2, 'node-kill'],
    ['counts one node for two restarts in sequence', [at(0, restart), at(5_001, restart)], 2, 'node-restart'],
    ['counts two nodes for restarts that overlap', [at(0, restart), at(4_999, restart)], 1, 'node-restart'],
    ['has at least one node', [at(0, restart), at(1, kill), at(2, kill)], 1, 'node-kill'],
  ])('%s', (_which, chaos, nodes, eventId) => {
    expect(fewestNodesMoment(3, chaos)).toEqual({ nodes, eventId })
  })
})

describe('spans', () => {
  it('are steady without events', () => {
    expect(spans()).toEqual(['warmup -5000 0', 'steady 0 60000'])
  })

  it('are steady again after a window', () => {
    expect(spans(event('a#1', 10_000, 5000))).toEqual([
      'warmup -5000 0',
      'steady 0 10000',
      'a#1 10000 15000',
      'steady 15000 60000',
    ])
  })

  it('end a window at the next event and at the end', () => {
    expect(spans(event('a#1', 0, 20_000), event('b#1', 10_000, 90_000))).toEqual([
      'warmup -5000 0',
      'a#1 0 10000',
      'b#1 10000 60000',
    ])
  })

  it('leave no time to the first of two events at the same time', () => {
    expect(spans(event('a#1', 1000, 500), event('b#1', 1000, 500))).toEqual([
      'warmup -5000 0',
      'steady 0 1000',
      'b#1 1000 1500',
      'steady 1500 60000',
    ])
  })

  it('have no warm-up if it has no length', () => {
    expect(planSpans({ ...phases, warmup: 0 }, [])).toEqual([{ name: 'steady', startMs: 0, endMs: 60_000 }])
  })

  it('cover warm-up and measure without gap or overlap for any events', () => {
    const chaos = fc.array(fc.record({ atMs: fc.nat(59_999), windowMs: fc.integer({ min: 1, max: 40_000 }) }))
    fc.assert(
      fc.property(chaos, (drawn) => {
        const sorted = drawn.toSorted((one, other) => one.atMs - other.atMs)
        const planned = planSpans(
          phases,
          sorted.map((entry, index) => ({ ...entry, id: `e#${index}` })),
        )
        expect(planned[0]?.startMs).toBe(-5000)
        expect(planned.at(-1)?.endMs).toBe(60_000)
        for (const [index, span] of planned.entries()) {
          expect(span.endMs).toBeGreaterThan(span.startMs)
          if (index > 0) expect(span.startMs).toBe(planned[index - 1]?.endMs)
        }
      }),
    )
  })
})

it('allows a deployment time for nodes that were added before it, not after it', () => {
  const chaos: ScheduledEvent[] = [
    { at: 20_000, event: 'rolling-deploy', pause: 1_000 },
    { at: 10_000, event: 'scale-out', nodes: 3 },
    { at: 25_000, event: 'scale-out', nodes: 1 },
  ]
  const [, deployment] = planEvents({ chaos, cluster: { nodes: 2, drain: { window: 5_000 } } })
  expect(deployment).toMatchObject({ id: 'rolling-deploy#1', windowMs: (2 + 3) * 6_000 + 10_000 })
})

it('gives a reload the time after which the balancer ends connections', () => {
  const settings = balancerSettings.parse({ nginx: { workerShutdownTimeout: '20s' } })
  // An event without arguments is typed as having no other keys.
  const chaos = [{ at: 1_000, event: 'balancer-reload' } as never]
  const windowOf = (kind: 'nginx' | 'haproxy') =>
    planEvents({ chaos, cluster: { nodes: 2, drain: { window: 0 }, balancer: { kind, settings } } })[0]
      ?.windowMs
  expect([windowOf('nginx'), windowOf('haproxy')]).toEqual([30_000, 10_000])
})

it('numbers events of a kind in order of time, and as written if at the same time', () => {
  const chaos: ScheduledEvent[] = [
    { event: 'node-kill', node: 1, at: 9 },
    { event: 'node-kill', node: 2, at: 5 },
    { event: 'scale-out', nodes: 1, at: 9 },
    { event: 'node-kill', node: 3, at: 9 },
  ]
  expect(numberEvents(chaos).map(({ id, action }) => [id, action])).toEqual([
    ['node-kill#1', chaos[1]],
    ['node-kill#2', chaos[0]],
    ['scale-out#1', chaos[2]],
    ['node-kill#3', chaos[3]],
  ])
})
