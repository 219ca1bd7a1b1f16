import { describe, expect, it } from 'vitest'
import { Causes } from './causes.js'
import type { CauseWindow } from './types.js'

const kill: CauseWindow = event('kill', 1_000, 2_000, ['n1'])
const drain: CauseWindow = event('drain', 1_500, 2_500, ['n2'])
const broker: CauseWindow = event('broker', 1_200, 2_200, [])
const all = [kill, drain, broker]

function event(id: string, startedMicros: number, untilMicros: number, targets: string[]): CauseWindow {
  return { id, startedMicros, untilMicros, targets, poolChangedMicros: null }
}

/** D = 100, ε = 5; nodes n1 … n3. */
function causesOf(...windows: CauseWindow[]): Causes {
  return new Causes(windows, ['n1', 'n2', 'n3'], { boundaryMicros: 5, graceMicros: 100 })
}

describe('the cause of a break', () => {
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
    [2, 'broker'],
  ])('on node %i is %s: what names the node goes before what strikes all', (node, cause) => {
    const causes = causesOf(...all)
    expect(causes.name(causes.ofDisconnect(1_800, node))).toBe(cause)
  })

  it('is never an event of other nodes', () => {
    const causes = causesOf(kill, drain)
    expect(causes.name(causes.ofDisconnect(1_800, 2))).toBe('unexplained')
  })

  it('is the latest of those alike', () => {
    const causes = causesOf(event('second', 1_100, 3_000, ['n1']), kill)
    expect(causes.name(causes.ofDisconnect(1_800, 0))).toBe('second')
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
    expect(causes.name(causes.ofFlight(sent, 0))).toBe(cause)
  })

  it('may be an event of another node, when none is nearer', () => {
    const far = causesOf(kill, drain)
    expect(far.name(far.ofFlight(1_800, 2))).toBe('drain')
    const near = causesOf(...all)
    expect(near.name(near.ofFlight(1_800, 2))).toBe('broker')
  })
})
