import { describe, expect, test } from 'vitest'
import { assembleResult } from '../assemble/assemble.js'
import { summarizeEncoded } from '../latency/summary.js'
import type { LatencySummary, Measurement } from '../result.js'
import { histogram, sampleRecord } from '../testing/sample-record.js'
import { judgeGate, parseGate } from './gates.js'

const sample = assembleResult(sampleRecord())
const ms = (value: number): LatencySummary => summarizeEncoded([histogram([[value * 1000, 1_000]])])

/** A run in which each of these always took so many ms. */
function measured(times: { latency: number; delay?: number; lag?: number }): Measurement {
  const { latency, delay = 0, lag = 0 } = times
  const summary = ms(latency)
  return {
    ...sample,
    latency: {
      ...sample.latency,
      fromPlannedSend: summary,
      service: summary,
      sendDelay: ms(delay),
      byPhase: { steady: summary },
      byChannel: { scores: summary },
      hops: {
        ...sample.latency.hops!,
        toNode: summary,
        broker: summary,
        toClient: summary,
        crossNode: summary,
      },
    },
    generator: { ...sample.generator, eventLoopLag: ms(lag) },
  }
}

function outcomeOf(expression: string, times: Parameters<typeof measured>[0]) {
  return judgeGate(parseGate(expression), measured(times)).outcome
}

describe('a gate is undecided where the generator can have made the difference', () => {
  test.each([
    // A healthy run: the share is small beside limit and distance.
    ['latency.p99 < 500ms', { latency: 40, delay: 3 }, 'pass'],
    ['latency.p99 < 5s', { latency: 200, delay: 50, lag: 90 }, 'pass'],
    // A fifth of the distance to the limit, from both sides.
    ['latency.p99 < 50ms', { latency: 45, delay: 8 }, 'undecided'],
    ['latency.p99 < 50ms', { latency: 40, delay: 1.9 }, 'pass'],
    ['latency.p99 < 50ms', { latency: 40, delay: 2.1 }, 'undecided'],
    ['latency.p99 < 50ms', { latency: 60, delay: 1.9 }, 'fail'],
    ['latency.p99 < 50ms', { latency: 60, delay: 2.1 }, 'undecided'],
    // A fifth of the limit: more never passes.
    ['latency.p99 < 50ms', { latency: 0, delay: 9.9 }, 'pass'],
    ['latency.p99 < 50ms', { latency: 0, delay: 10.1 }, 'undecided'],
    // Further past the limit than the generator can have brought it.
    ['latency.p99 < 50ms', { latency: 500, delay: 12 }, 'fail'],
    ['latency.p99 < 1s', { latency: 9_000, delay: 900, lag: 1_500 }, 'fail'],
    ['latency.p99 < 1s', { latency: 9_000, delay: 900, lag: 1_700 }, 'undecided'],
    // The larger of the two counts.
    ['latency.p50 < 50ms', { latency: 40, delay: 1, lag: 3 }, 'undecided'],
    // Any comparison.
    ['latency.p50 > 50ms', { latency: 55, lag: 3 }, 'undecided'],
    ['latency.p50 > 50ms', { latency: 95, lag: 3 }, 'pass'],
  ])('%s with %j: %s', (expression, times, outcome) => {
    expect(outcomeOf(expression, times)).toBe(outcome)
  })

  test.each([
    'latency.min',
    'latency.mean',
    'latency.p50',
    'latency.p999',
    'latency.max',
    'latency.p99{phase=steady}',
    'latency.p99{channel=scores}',
  ])('%s has both parts of the whole run', (metric) => {
    for (const late of [{ delay: 8 }, { lag: 8 }])
      expect(outcomeOf(`${metric} < 50ms`, { latency: 45, ...late })).toBe('undecided')
    expect(outcomeOf(`${metric} < 50ms`, { latency: 45 })).toBe('pass')
  })

  test.each(['latency.service.p99', 'latency.hop.toClient.p99', 'latency.hop.crossNode.max'])(
    '%s is received late, but not sent late',
    (metric) => {
      expect(outcomeOf(`${metric} < 50ms`, { latency: 45, lag: 8 })).toBe('undecided')
      expect(outcomeOf(`${metric} < 50ms`, { latency: 45, delay: 8 })).toBe('pass')
    },
  )

  test.each(['latency.hop.broker.p99', 'latency.hop.toNode.p99'])('%s is timed by the nodes', (metric) => {
    expect(outcomeOf(`${metric} < 50ms`, { latency: 45, delay: 8, lag: 8 })).toBe('pass')
  })

  test.each(['latency.sendDelay.p99 < 50ms', 'latency.count > 0'])('%s is decided', (expression) => {
    expect(outcomeOf(expression, { latency: 45, delay: 45, lag: 45 })).toBe('pass')
  })

  test('over a window as well', () => {
    const timeline = sample.timeline.map((row) => ({ ...row, histogram: histogram([[45_000, 9]]) }))
    const judged = (lag: number) =>
      judgeGate(parseGate('latency.p99 < 50ms over 10s'), { ...measured({ latency: 45, lag }), timeline })
    expect(judged(0).outcome).toBe('pass')
    expect(judged(8)).toMatchObject({
      outcome: 'undecided',
      reason:
        'undecided: p99 45.0 ms in 0 s–10 s, of which the generator can have made 8.00 ms (event-loop lag), limit 50 ms',
    })
  })

  test('a percentile has the generator’s part at that percentile', () => {
    const eventLoopLag = summarizeEncoded([
      histogram([
        [100, 985],
        [8_000, 10],
        [80_000, 5],
      ]),
    ])
    const run = measured({ latency: 45 })
    const late = { ...run, generator: { ...run.generator, eventLoopLag } }
    const outcomes = ['p50', 'p99', 'p999'].map(
      (figure) => judgeGate(parseGate(`latency.${figure} < 100ms`), late).outcome,
    )
    expect(outcomes).toEqual(['pass', 'pass', 'undecided'])
  })
})

test('the reason says how much, and by what', () => {
  expect(judgeGate(parseGate('latency.p99 < 50ms'), measured({ latency: 45, delay: 8, lag: 2 }))).toEqual({
    expression: 'latency.p99 < 50ms',
    value: ms(45).p99,
    outcome: 'undecided',
    reason:
      'undecided: p99 45.0 ms, of which the generator can have made 8.00 ms (generator delay), limit 50 ms',
  })
  expect(judgeGate(parseGate('latency.p99 < 50ms'), measured({ latency: 4, lag: 12 })).reason).toBe(
    'undecided: p99 4.00 ms, all of which the generator can have made (event-loop lag 12.0 ms), limit 50 ms',
  )
})
