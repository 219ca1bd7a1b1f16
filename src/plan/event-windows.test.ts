import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventArguments } from '../chaos/index.js'
import type { PlannedEvent, ScheduledEvent } from '../chaos/planned-event.js'
import { parseScenario } from '../scenarios/load.js'
import { numberEvents } from './event-order.js'
import { fewestNodesMoment, planEvents, planSpans } from './event-windows.js'

const phases = { warmup: 5000, measure: 60_000, grace: 1000 }
const event = (id: string, atMs: number, windowMs: number) => ({ id, atMs, windowMs })
const spans = (...chaos: ReturnType<typeof event>[]) =>
  planSpans(phases, chaos).map(({ name, startMs, endMs }) => `${name} ${startMs} ${endMs}`)

describe('the fewest moment', () => {
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
    ['is the start where nothing happens', [], 3, null],
    ['is the start where nodes are added first', [at(1, grow), at(2, kill)], 3, null],
    ['comes before nodes that are added at the same time', [at(1, grow), at(1, kill)], 2, 'node-kill'],
    ['is the same for one restart after the other', [at(0, restart), at(5_001, restart)], 2, 'node-restart'],
    ['is of both restarts where they overlap', [at(0, restart), at(4_999, restart)], 1, 'node-restart'],
    ['has a node at least', [at(0, restart), at(1, kill), at(2, kill)], 1, 'node-kill'],
  ])('%s', (_which, chaos, nodes, eventId) => {
    expect(fewestNodesMoment(3, chaos)).toEqual({ nodes, eventId })
  })
})

describe('spans', () => {
  it('is steady where nothing happens', () => {
    expect(spans()).toEqual(['warmup -5000 0', 'steady 0 60000'])
  })

  it('is steady again after a window', () => {
    expect(spans(event('a#1', 10_000, 5000))).toEqual([
      'warmup -5000 0',
      'steady 0 10000',
      'a#1 10000 15000',
      'steady 15000 60000',
    ])
  })

  it('ends a window at the next event and at the end', () => {
    expect(spans(event('a#1', 0, 20_000), event('b#1', 10_000, 90_000))).toEqual([
      'warmup -5000 0',
      'a#1 0 10000',
      'b#1 10000 60000',
    ])
  })

  it('leaves no time to the first of two at once', () => {
    expect(spans(event('a#1', 1000, 500), event('b#1', 1000, 500))).toEqual([
      'warmup -5000 0',
      'steady 0 1000',
      'b#1 1000 1500',
      'steady 1500 60000',
    ])
  })

  it('has no warm-up of no length', () => {
    expect(planSpans({ ...phases, warmup: 0 }, [])).toEqual([{ name: 'steady', startMs: 0, endMs: 60_000 }])
  })

  it('covers warm-up and measure without hole or overlap, whatever the events', () => {
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

it('gives a deployment time for the nodes that were added before it, not for later ones', () => {
  const text = `{ name: grown, clients: { count: 1 }, cluster: { nodes: 2, drain: { window: 5s } }, chaos: [
    { at: 20s, event: rolling-deploy, pause: 1s }, { at: 10s, event: scale-out, nodes: 3 },
    { at: 25s, event: scale-out } ] }`
  const [, deployment] = planEvents(parseScenario(text, { file: 'grown.yaml' }))
  expect(deployment).toMatchObject({ id: 'rolling-deploy#1', windowMs: (2 + 3) * 6_000 + 10_000 })
})

it('numbers events of a kind in order of time, as written at the same time', () => {
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
