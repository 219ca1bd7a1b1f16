import { expect, test } from 'vitest'
import { summarizeEncoded } from '../results/latency/summary.js'
import { Recorder } from './recorder.js'

const MEASURE = 1_000_000
const spans = [
  { name: 'warmup', startMs: -500, endMs: 0 },
  { name: 'steady', startMs: 0, endMs: 400 },
  { name: 'node-kill#1', startMs: 400, endMs: 600 },
  { name: 'steady', startMs: 600, endMs: 1_000 },
]

function recorder(): Recorder {
  const made = new Recorder(spans)
  made.setMeasureStart(MEASURE)
  return made
}

test('intended latency counts from the intended time, service from the actual send', () => {
  const made = recorder()
  made.received({
    intendedMicros: MEASURE + 10_000,
    sentMicros: MEASURE + 70_000,
    receivedMicros: MEASURE + 100_000,
  })
  const { intendedByPhase, service } = made.encode()
  expect(summarizeEncoded([intendedByPhase.steady!]).max).toBeCloseTo(90_000, -2)
  expect(summarizeEncoded([service]).max).toBeCloseTo(30_000, -2)
})

test('a message belongs to the phase it was sent in, whatever came in between', () => {
  const made = recorder()
  for (const sentMs of [700, -100, 500, 399, 400, 0]) {
    const sentMicros = MEASURE + sentMs * 1000
    made.received({ intendedMicros: sentMicros, sentMicros, receivedMicros: sentMicros + 1_000 })
  }
  const counts = Object.entries(made.encode().intendedByPhase).map(([name, histogram]) => [
    name,
    summarizeEncoded([histogram]).count,
  ])
  expect(Object.fromEntries(counts)).toEqual({ warmup: 1, steady: 3, 'node-kill#1': 2 })
  expect(summarizeEncoded([made.encode().service]).count).toBe(5)
})

test('send delay and overruns are of the measure phase; one whole interval late is no overrun yet', () => {
  const made = recorder()
  const interval = 20_000
  made.sent(MEASURE - 50_000, MEASURE - 1, interval)
  made.sent(MEASURE - interval, MEASURE, interval)
  made.sent(MEASURE + 5, MEASURE + 5 + interval + 1, interval)
  expect(made.overruns).toBe(1)
  expect(summarizeEncoded([made.encode().sendDelay]).count).toBe(2)
})

test('at a rate whose interval is below what a timer can keep, 10 ms late is no overrun yet', () => {
  const made = recorder()
  made.sent(MEASURE, MEASURE + 10_000, 500)
  made.sent(MEASURE, MEASURE + 10_001, 500)
  expect(made.overruns).toBe(1)
})

test('what can not be is counted and kept at the edge', () => {
  const made = recorder()
  made.received({ intendedMicros: MEASURE + 10, sentMicros: MEASURE + 5, receivedMicros: MEASURE + 5 })
  made.received({ intendedMicros: MEASURE, sentMicros: MEASURE, receivedMicros: MEASURE + 61_000_000 })
  const { intendedByPhase, service, negative, tooLong } = made.encode()
  expect({ negative, tooLong }).toEqual({ negative: 1, tooLong: 2 })
  expect(summarizeEncoded([intendedByPhase.steady!])).toMatchObject({ count: 2, min: 0, max: 60_000_000 })
  expect(summarizeEncoded([service]).count).toBe(2)
})
