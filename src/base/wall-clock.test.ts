import { expect, test } from 'vitest'
import { WallClock } from './wall-clock.js'

/** A WallClock over clocks set by hand. */
function clocks() {
  const hands = { wallMs: 1_700_000_000_000, monotonicMicros: 5_000_000, betweenReadingsMicros: 0 }
  const clock = new WallClock(
    () => hands.wallMs,
    () => {
      const now = hands.monotonicMicros
      hands.monotonicMicros += hands.betweenReadingsMicros
      return now
    },
  )
  const pass = (seconds: number, stepMs = 0) => {
    hands.monotonicMicros += seconds * 1e6
    hands.wallMs += seconds * 1000 + stepMs
    clock.check()
  }
  return { hands, clock, pass }
}

test('a step either way is noticed once, with its size', () => {
  const { clock, pass } = clocks()
  pass(1)
  pass(1, 250)
  pass(1)
  pass(1, -3_600_000)
  expect(clock.steps).toEqual([
    { atMicros: 7_000_000, stepMs: 250 },
    { atMicros: 9_000_000, stepMs: -3_600_000 },
  ])
})

test('100 ms is not a step, however many of them add up', () => {
  const { clock, pass } = clocks()
  for (let second = 0; second < 100; second += 1) pass(1, 100)
  expect(clock.steps).toEqual([])
})

test('readings taken too far apart are not compared', () => {
  const { clock, pass, hands } = clocks()
  pass(1)
  hands.betweenReadingsMicros = 10_001
  pass(1, 500)
  expect(clock.steps).toEqual([])
})

test("this host's clocks have no steps", () => {
  const clock = new WallClock()
  clock.check()
  clock.check()
  expect(clock.steps).toEqual([])
})
