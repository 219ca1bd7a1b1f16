import { expect, test } from 'vitest'
import { SubscriptionLayout } from '../results/delivery/layout.js'
import { summarizeEncoded } from '../results/latency/summary.js'
import { samplePlan } from '../results/testing/sample-plan.js'
import { Recorder } from './recorder.js'

const MEASURE = 1_000_000
const spans = [
  { name: 'warmup', startMs: -500, endMs: 0 },
  { name: 'steady', startMs: 0, endMs: 400 },
  { name: 'node-kill#1', startMs: 400, endMs: 600 },
  { name: 'steady', startMs: 600, endMs: 1_000 },
]

/** Channels 0 and 1 are of `goals`, channel 2 is of `constructor`. */
const sample = samplePlan()
const plan = {
  phases: { ...sample.phases, spans },
  channels: [
    { ...sample.channels[0]!, name: 'goals', firstChannel: 0, count: 2 },
    { ...sample.channels[0]!, name: 'constructor', firstChannel: 2, firstPublisher: 10 },
  ],
}
const layout = new SubscriptionLayout(1, plan.channels, 0, 1)

function startedRecorder(): Recorder {
  const recorder = new Recorder(plan, layout)
  recorder.setMeasureStart(MEASURE)
  return recorder
}

/** Figures of everything recorded from planned send, by `phase channel`. */
function recorded(recorder: Recorder) {
  const { fromPlannedSend } = recorder.encode()
  return Object.fromEntries(
    fromPlannedSend.map(({ phase, channel, histogram }) => [
      `${phase} ${channel}`,
      summarizeEncoded([histogram]),
    ]),
  )
}

function receive(recorder: Recorder, channel: number, sentMs: number, afterMicros: number): void {
  const sentMicros = MEASURE + sentMs * 1000
  recorder.received({
    channel,
    plannedMicros: sentMicros,
    sentMicros,
    receivedMicros: sentMicros + afterMicros,
  })
}

test('latency is measured from the planned send time, service time from the actual one', () => {
  const recorder = startedRecorder()
  recorder.received({
    channel: 0,
    plannedMicros: MEASURE + 10_000,
    sentMicros: MEASURE + 70_000,
    receivedMicros: MEASURE + 100_000,
  })
  expect(recorded(recorder)['steady goals']!.max).toBeCloseTo(90_000, -2)
  expect(summarizeEncoded([recorder.encode().service]).max).toBeCloseTo(30_000, -2)
})

test('a message belongs to the phase it was sent in, in whatever order copies arrive', () => {
  const recorder = startedRecorder()
  for (const sentMs of [700, -100, 500, 399, 400, 0]) {
    receive(recorder, 0, sentMs, 1_000)
  }
  expect(recorded(recorder)).toMatchObject({
    'warmup goals': { count: 1 },
    'steady goals': { count: 3 },
    'node-kill#1 goals': { count: 2 },
  })
  expect(summarizeEncoded([recorder.encode().service]).count).toBe(5)
})

test('each channel has latencies of its own in each phase; those of one traffic entry are taken together', () => {
  const recorder = startedRecorder()
  receive(recorder, 0, 100, 1_000)
  receive(recorder, 1, 700, 1_500)
  receive(recorder, 2, 450, 2_000)
  expect(Object.keys(recorded(recorder))).toEqual(['steady goals', 'node-kill#1 constructor'])
  expect(recorded(recorder)).toMatchObject({
    'steady goals': { count: 2, min: 1_000, max: 1_500 },
    'node-kill#1 constructor': { count: 1, max: 2_000 },
  })
})

test('what was recorded since the last second covers all phases and channels', () => {
  const recorder = startedRecorder()
  receive(recorder, 0, 100, 1_000)
  receive(recorder, 2, 500, 1_000)
  expect([...recorder.takeLatency()]).toEqual([1_000, 2])
  expect([...recorder.takeLatency()]).toEqual([])
  receive(recorder, 1, 500, 1_500)
  expect([...recorder.takeLatency()]).toEqual([1_500, 1])
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
  const early = { channel: 0, plannedMicros: MEASURE + 10, sentMicros: MEASURE + 5 }
  recorder.received({ ...early, receivedMicros: MEASURE + 5 })
  receive(recorder, 0, 0, 61_000_000)
  const { service, negative, tooLong } = recorder.encode()
  expect({ negative, tooLong }).toEqual({ negative: 1, tooLong: 2 })
  expect(recorded(recorder)['steady goals']).toMatchObject({ count: 2, min: 0, max: 60_000_000 })
  expect(summarizeEncoded([service]).count).toBe(2)
})
