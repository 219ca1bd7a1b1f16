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

function startedRecorder(): Recorder {
  const recorder = new Recorder(spans)
  recorder.setMeasureStart(MEASURE)
  return recorder
}

test('latency is measured from the planned send time, service time from the actual one', () => {
  const recorder = startedRecorder()
  recorder.received({
    plannedMicros: MEASURE + 10_000,
    sentMicros: MEASURE + 70_000,
    receivedMicros: MEASURE + 100_000,
  })
  const { fromPlannedSendByPhase, service } = recorder.encode()
  expect(summarizeEncoded([fromPlannedSendByPhase.steady!]).max).toBeCloseTo(90_000, -2)
  expect(summarizeEncoded([service]).max).toBeCloseTo(30_000, -2)
})

test('a message belongs to the phase it was sent in, in whatever order copies arrive', () => {
  const recorder = startedRecorder()
  for (const sentMs of [700, -100, 500, 399, 400, 0]) {
    const sentMicros = MEASURE + sentMs * 1000
    recorder.received({ plannedMicros: sentMicros, sentMicros, receivedMicros: sentMicros + 1_000 })
  }
  const counts = Object.entries(recorder.encode().fromPlannedSendByPhase).map(([name, histogram]) => [
    name,
    summarizeEncoded([histogram]).count,
  ])
  expect(Object.fromEntries(counts)).toEqual({ warmup: 1, steady: 3, 'node-kill#1': 2 })
  expect(summarizeEncoded([recorder.encode().service]).count).toBe(5)
})

test('send delay and overruns are recorded in the measure phase only; a delay of one interval is no overrun', () => {
  const recorder = startedRecorder()
  const interval = 20_000
  recorder.sent(MEASURE - 50_000, MEASURE - 1, interval)
  recorder.sent(MEASURE - interval, MEASURE, interval)
  recorder.sent(MEASURE + 5, MEASURE + 5 + interval + 1, interval)
  expect(recorder.overruns).toBe(1)
  expect(summarizeEncoded([recorder.encode().sendDelay]).count).toBe(2)
})

test('at rates above what timers can keep, a delay of 10 ms is no overrun', () => {
  const recorder = startedRecorder()
  recorder.sent(MEASURE, MEASURE + 10_000, 500)
  recorder.sent(MEASURE, MEASURE + 10_001, 500)
  expect(recorder.overruns).toBe(1)
})

test('impossible latencies are counted and recorded as the nearest possible one', () => {
  const recorder = startedRecorder()
  recorder.received({ plannedMicros: MEASURE + 10, sentMicros: MEASURE + 5, receivedMicros: MEASURE + 5 })
  recorder.received({ plannedMicros: MEASURE, sentMicros: MEASURE, receivedMicros: MEASURE + 61_000_000 })
  const { fromPlannedSendByPhase, service, negative, tooLong } = recorder.encode()
  expect({ negative, tooLong }).toEqual({ negative: 1, tooLong: 2 })
  expect(summarizeEncoded([fromPlannedSendByPhase.steady!])).toMatchObject({
    count: 2,
    min: 0,
    max: 60_000_000,
  })
  expect(summarizeEncoded([service]).count).toBe(2)
})
