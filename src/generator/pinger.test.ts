import { expect, onTestFinished, test } from 'vitest'
import { nowMicros } from '../clock.js'
import { Pinger } from './pinger.js'

/** A connection that is pinged and, if `answers`, has answered at once. */
class FakeConnection {
  readonly pings: number[] = []
  isDestroyed = false
  constructor(readonly answers: boolean) {}

  ping(micros: number): void {
    this.pings.push(micros)
  }

  isSilent(micros: number): boolean {
    return !this.answers && !this.isDestroyed && this.pings[0] !== undefined && this.pings[0] <= micros
  }

  destroy(): void {
    this.isDestroyed = true
  }
}

function pinging(connections: readonly (FakeConnection | null)[]) {
  const startMicros = nowMicros()
  const all = { count: connections.length, connectionOf: (index: number) => connections[index]! }
  const pinger = new Pinger(all, { everyMs: 1_000_000, timeoutMs: 300_000 })
  onTestFinished(() => pinger.stop())
  return { pinger, sweepAt: (seconds: number) => pinger.sweep(startMicros + seconds * 1e6 + 1e5) }
}

test('each has its turn once in every period, spread over it', () => {
  const connections = Array.from({ length: 4 }, () => new FakeConnection(true))
  const { sweepAt } = pinging(connections)
  const countsAt = (seconds: number) => {
    sweepAt(seconds)
    return connections.map(({ pings }) => pings.length)
  }
  expect(countsAt(0)).toEqual([0, 0, 0, 0])
  expect(countsAt(500)).toEqual([1, 1, 0, 0])
  expect(countsAt(1_000)).toEqual([1, 1, 1, 1])
  expect(countsAt(1_250)).toEqual([2, 1, 1, 1])
})

test('after a long pause each is pinged once, not once for each turn that was missed', () => {
  const connections = Array.from({ length: 3 }, () => new FakeConnection(true))
  const { sweepAt } = pinging(connections)
  sweepAt(50_000)
  expect(connections.map(({ pings }) => pings.length)).toEqual([1, 1, 1])
})

test('one that does not answer in time is given up, the others are not', () => {
  const [silent, answering] = [new FakeConnection(false), new FakeConnection(true)]
  const { pinger, sweepAt } = pinging([silent, null, answering])
  sweepAt(1_000)
  sweepAt(1_299)
  expect(silent.isDestroyed).toBe(false)
  sweepAt(1_301)
  expect([silent.isDestroyed, answering.isDestroyed, pinger.timeouts]).toEqual([true, false, 1])
})
