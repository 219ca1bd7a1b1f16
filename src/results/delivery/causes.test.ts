import { describe, expect, it } from 'vitest'
import type { Explains } from '../../chaos/event.js'
import { BROKER, Causes } from './causes.js'
import type { CauseWindow } from './types.js'

const NEVER = Number.POSITIVE_INFINITY
const ofNodes: Explains = { disconnects: true, lossesInFlight: 'of its nodes' }
const kill = event('kill', 1_000, 2_000, ['n1'])
const drain = event('drain', 1_500, 2_500, ['n2'])
const churn = event('churn', 1_200, 2_200, [], { disconnects: true, lossesInFlight: 'none' })
const broker = event('broker', 1_200, 2_200, [], { disconnects: false, lossesInFlight: 'any' })
const hook = event('hook', 1_100, 2_100, [])
const all = [kill, drain, churn]

function event(
  id: string,
  startedMicros: number,
  untilMicros: number,
  targets: string[],
  explains = ofNodes,
): CauseWindow {
  const turns = targets.map((node) => ({ node, startedMicros, untilMicros }))
  return {
    id,
    explains,
    startedMicros,
    untilMicros,
    turns,
    cutsAllUntilMicros: null,
    poolChangedMicros: null,
  }
}

/** D = 100, ε = 5; nodes n1 … n3. */
function causesOf(...windows: CauseWindow[]): Causes {
  return new Causes(windows, ['n1', 'n2', 'n3'], { boundaryMicros: 5, graceMicros: 100 })
}

describe('the cause of a disconnect', () => {
  it.each([
    [994, 'unexplained'],
    [995, 'kill'],
    [2_000, 'kill'],
    [2_001, 'unexplained'],
  ])('at %i is %s: from ε before the event to when its effects are over', (end, cause) => {
    const causes = causesOf(kill)
    expect(causes.name(causes.ofDisconnect(end, 0))).toBe(cause)
  })

  it.each([
    [0, 'kill'],
    [1, 'drain'],
    [2, 'churn'],
  ])('on node %i is %s: an event of the node goes before one of all', (node, cause) => {
    const causes = causesOf(...all)
    expect(causes.name(causes.ofDisconnect(1_800, node))).toBe(cause)
  })

  it('is never an event of other nodes, nor one that ends no connections', () => {
    const causes = causesOf(kill, drain, broker)
    expect(causes.name(causes.ofDisconnect(1_800, 2))).toBe('unexplained')
  })

  it('is an event of another node where the balancer was reloaded for it and cut all', () => {
    const causes = causesOf({ ...drain, cutsAllUntilMicros: 2_500 })
    expect(causes.name(causes.ofDisconnect(1_800, 2))).toBe('drain')
    expect(causes.name(causes.ofFlight(1_800, 1_900, [2]))).toBe('unexplained')
  })

  it('is the latest of those alike', () => {
    const causes = causesOf(event('second', 1_100, 3_000, ['n1']), kill)
    expect(causes.name(causes.ofDisconnect(1_800, 0))).toBe('second')
  })

  it('of a publisher that writes to the broker is an event of the broker', () => {
    const named = event('docker', 1_100, 3_000, ['broker'])
    for (const [window, cause] of [
      [kill, 'unexplained'],
      [broker, 'broker'],
      [named, 'docker'],
    ] as const) {
      const causes = causesOf(window)
      expect(causes.name(causes.ofDisconnect(1_800, BROKER))).toBe(cause)
    }
  })
})

describe('an event that acts on nodes one after the other', () => {
  const turns = [
    { node: 'n1', startedMicros: 1_000, untilMicros: 2_000 },
    { node: 'n2', startedMicros: 1_900, untilMicros: 3_000 },
  ]
  const rolling = { ...event('rolling', 1_000, 3_000, []), turns }

  it.each([
    [1_500, 0, 'rolling'],
    [1_500, 1, 'unexplained'],
    [2_500, 0, 'unexplained'],
    [2_500, 1, 'rolling'],
    [2_500, 2, 'unexplained'],
  ])('explains at %i of node %i: %s', (at, node, cause) => {
    const causes = causesOf(rolling)
    expect(causes.name(causes.ofDisconnect(at, node))).toBe(cause)
    expect(causes.name(causes.ofFlight(at, NEVER, [node]))).toBe(cause)
  })
})

describe('the cause of a loss in flight', () => {
  it.each([
    [899, 'unexplained'],
    [900, 'kill'],
    [2_000, 'kill'],
    [2_001, 'unexplained'],
  ])('of what was sent at %i is %s: under way between send and deadline', (sent, cause) => {
    const causes = causesOf(kill)
    expect(causes.name(causes.ofFlight(sent, NEVER, [0]))).toBe(cause)
  })

  it('is not an event that began after a later message had come', () => {
    const causes = causesOf(kill)
    expect(causes.name(causes.ofFlight(950, 999, [0]))).toBe('unexplained')
    expect(causes.name(causes.ofFlight(950, 1_000, [0]))).toBe('kill')
  })

  it('is an event of a node that the message passed, of the broker, and of no other', () => {
    const blamed = (node: number, ...windows: CauseWindow[]) => {
      const causes = causesOf(...windows)
      return causes.name(causes.ofFlight(1_800, NEVER, [node]))
    }
    expect(blamed(2, kill, drain, churn, hook)).toBe('unexplained')
    expect(blamed(2, kill, drain, broker)).toBe('broker')
    expect(blamed(1, kill, drain, broker)).toBe('drain')
    expect(blamed(2, event('docker', 1_100, 3_000, ['broker']))).toBe('docker')
  })
})

it('knows what was under way, whether or not it explains anything', () => {
  expect(causesOf(...all).during(1_499)).toEqual(['kill', 'churn'])
})
