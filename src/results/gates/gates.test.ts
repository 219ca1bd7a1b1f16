import { describe, expect, test } from 'vitest'
import { WsbenchError } from '../../base/errors.js'
import { assembleResult } from '../assemble/assemble.js'
import type { Measurement } from '../result.js'
import { sampleRecord } from '../testing/sample-record.js'
import { withoutOverhead } from '../testing/without-overhead.js'
import { judgeGate, parseGate } from './gates.js'
import { metrics } from './metrics.js'

const result = assembleResult(sampleRecord())

function judged(expression: string, measurement: Measurement = result) {
  return judgeGate(parseGate(expression), measurement)
}

describe('parsing', () => {
  test('a gate of every part', () => {
    expect(parseGate('latency.p99{phase=steady} < 50ms')).toEqual({
      expression: 'latency.p99{phase=steady} < 50ms',
      metric: 'latency.p99',
      selector: { key: 'phase', value: 'steady' },
      operator: '<',
      bound: 50_000,
      windowMs: null,
    })
    expect(parseGate('latency.p99{phase=steady} < 50ms over 10s')).toMatchObject({
      bound: 50_000,
      windowMs: 10_000,
    })
  })

  test.each(['latency.p99<250ms', '  latency.p99   <   250ms  ', 'latency.p99 < 250 ms'])(
    'spaces: "%s"',
    (text) => {
      expect(parseGate(text)).toMatchObject({ metric: 'latency.p99', selector: null, bound: 250_000 })
    },
  )

  test.each([
    ['latncy.p99 < 1s', 1, 'no metric latncy.p99', 'did you mean latency.p99?'],
    ['throughput > 5', 1, 'no metric throughput', 'metrics begin with latency, delivery'],
    ['balance < 5', 1, 'no metric balance', 'there is balance.maxOverMean, balance.minOverMean'],
    ['', 1, 'expected a metric', 'a gate reads'],
    ['latency.p99{phas=steady} < 1s', 13, 'takes no selector phas', 'did you mean phase?'],
    ['latency.service.p99{phase=steady} < 1s', 21, 'takes no selector', 'without'],
    ['delivery.due{cause=unexplained} > 1', 14, 'takes no selector cause', 'takes phase, channel, node'],
    ['recovery.p95 < 3s', 14, 'needs a selector', 'recovery.p95{event=…}'],
    ['latency.p99{phase} < 1s', 18, 'expected =', '{phase=…}'],
    ['latency.p99{phase=} < 1s', 19, 'expected which phase', '{phase=…}'],
    ['delivery.lost{phase=a, node=n1} == 0', 22, 'one selector at a time', 'a gate for each'],
    ['connections.closed{code=10006} == 0', 25, '10006 is no close code', 'from 1000 to 4999'],
    ['connections.failed{kind=refusd} == 0', 25, 'do not fail with refusd', 'did you mean refused?'],
    ['connections.failed{kind=http-9000} == 0', 25, 'do not fail with http-9000', 'http-503'],
    ['latency.p99{phase=steady < 1s', 30, 'expected }', 'latency.p99{phase=steady < 1s}'],
    ['latency.p99 250ms', 13, 'expected an operator', '<'],
    ['latency.p99 =< 250ms', 13, 'no operator =<', '<='],
    ['latency.p99 <', 14, 'expected what to compare with', 'a duration with its unit'],
    ['latency.p99 < 250', 15, "can't compare latency.p99 with 250", 'a duration with its unit'],
    ['delivery.lost == 5ms', 18, "can't compare delivery.lost with 5ms", 'a whole number'],
    ['latency.p99 < 250ms over', 25, 'expected the length of the window', 'whole seconds'],
    ['latency.p99 < 250ms over 10', 26, 'no window of 10', 'whole seconds'],
    ['latency.p99 < 250ms over 1500ms', 26, 'no window of 1500ms', 'whole seconds'],
    ['latency.p99 < 250ms over 0s', 26, 'no window of 0s', 'whole seconds'],
    ['latency.p99 < over 10s', 15, "can't compare latency.p99 with over 10s", 'a duration with its unit'],
    ['recovery.p95{event=a} < 3s over 10s', 28, 'for the whole run only', 'windows are for latency.min'],
    [
      'latency.p99{channel=goals} < 1s over 5s',
      33,
      'by channel is known for the whole run only',
      'leave out',
    ],
    ['delivery.lost{node=n1} == 0 over 5s', 29, 'by node is known for the whole run only', 'leave out'],
    ['latency.p99 < 250ms 10s', 15, "can't compare latency.p99 with 250ms 10s", 'a duration with its unit'],
    ['constructor < 1', 1, 'no metric constructor', 'metrics begin with'],
  ])('"%s" is refused at column %i', (expression, column, message, hint) => {
    try {
      parseGate(expression)
    } catch (error) {
      expect(error).toBeInstanceOf(WsbenchError)
      const refusal = error as WsbenchError
      expect(refusal.exit).toBe('usage')
      expect(refusal.message).toContain(`column ${column}: `)
      expect(refusal.message).toContain(message)
      expect(refusal.hint).toContain(hint)
      return
    }
    expect.unreachable('it was accepted')
  })

  test('every metric can be written in a gate', () => {
    const quantities = { micros: '1ms', count: '1', ratio: '1', rate: '1/s' }
    for (const { name, unit, selectors, needsSelector } of metrics.values()) {
      const selector = needsSelector ? `{${selectors[0]}=x}` : ''
      expect(parseGate(`${name}${selector} < ${quantities[unit]}`).metric).toBe(name)
    }
  })
})

describe('judging', () => {
  // reordered is 0, lostInFlight 40.
  test.each([
    ['delivery.lostInFlight < 41', 'pass', 'lostInFlight 40, limit 41'],
    ['delivery.lostInFlight < 40', 'fail', 'lostInFlight 40, limit 40'],
    ['delivery.lostInFlight <= 40', 'pass', 'lostInFlight 40, limit 40'],
    ['delivery.lostInFlight <= 39', 'fail', 'lostInFlight 40, limit 39'],
    ['delivery.lostInFlight > 39', 'pass', 'lostInFlight 40, must exceed 39'],
    ['delivery.lostInFlight > 40', 'fail', 'lostInFlight 40, must exceed 40'],
    ['delivery.lostInFlight >= 40', 'pass', 'lostInFlight 40, must be at least 40'],
    ['delivery.lostInFlight >= 41', 'fail', 'lostInFlight 40, must be at least 41'],
    ['delivery.lostInFlight == 40', 'pass', 'lostInFlight 40, must be 40'],
    ['delivery.lostInFlight == 0', 'fail', 'lostInFlight 40, must be 0'],
    ['delivery.lostInFlight != 0', 'pass', 'lostInFlight 40, must not be 0'],
    ['delivery.lostInFlight != 40', 'fail', 'lostInFlight 40, must not be 40'],
  ])('%s is %s', (expression, outcome, reason) => {
    expect(judged(expression)).toEqual({ expression, value: 40, outcome, reason })
  })

  test.each([
    ['latency.p99 < 250ms', 1_300],
    ['latency.p99{phase=warmup} < 1s', 900],
    ['latency.count > 0', 2_984_210],
    ['latency.p99{channel=scores} < 250ms', 1_300],
    ['latency.count{channel=scores} > 0', 2_984_210],
    ['latency.sendDelay.p50 < 1ms', 40],
    ['delivery.lost{cause=node-kill#1} < 5k', 4_540],
    ['delivery.lost{cause=unexplained} == 0', 0],
    ['delivery.lost{cause=scale-out#1} == 0', 0],
    ['delivery.lost{node=n3} < 2k', 1_250],
    ['delivery.lost{channel=scores} < 6k', 5_790],
    ['delivery.lost{phase=steady} == 0', 0],
    ['delivery.ambiguous == 0', 0],
    ['published.unackedDelivered == 2', 2],
    ['connections.failed < 10', 6],
    ['connections.failed{kind=http-503} == 0', 0],
    ['delivery.lostShare < 1%', 5_790 / 3_490_000],
    ['delivery.lostShare{cause=node-kill#1} < 1%', 4_540 / 3_490_000],
    ['delivery.lostShare{cause=scale-out#1} == 0', 0],
    ['delivery.lostShare{node=n3} < 1%', 1_250 / 890_000],
    ['connections.rampUp < 6s', 5_100_000],
    ['connections.connect.p50 < 3ms', 2_401],
    ['recovery.peakReconnects{event=node-kill#1} <= 2.5k/s', 2_500],
    ['balance.maxOverMean{at=start} == 1', 1],
    ['balance.maxOverMean{at=node-kill#1} <= 150%', 1.5],
    ['affinity.sameNodeShare < 7%', 310 / 4_950],
    ['affinity.routedToDraining < 10', 6],
    ['affinity.routedToDraining{event=node-drain#1} < 10', 6],
    ['affinity.sameNodeShare{event=node-drain#1} < 13%', 310 / 2_450],
    ['affinity.remappedShare{event=scale-out#1} < 34%', 1 / 3],
    ['balance.messages.maxOverMean{at=start} == 1', 1],
    ['balance.coefficientOfVariation{at=start} == 0', 0],
    ['balance.maxOverMean{at=worst} <= 1.5', 1.5],
    ['connections.closed == 5k', 5_000],
    ['connections.closed{code=1001} == 2.5k', 2_500],
    ['connections.closed{code=1008} == 0', 0],
    ['broker.cpuPerMessage < 6ms', 600_000 / 240],
    ['connections.peakReconnects <= 2.5k/s', 2_500],
  ])('%s passes', (expression, value) => {
    expect(judged(expression)).toMatchObject({ outcome: 'pass', value })
  })

  test.each([
    ['latency.p99{phase=stedy} < 1s', 'no phase stedy in this run; there is warmup, steady'],
    [
      'recovery.p95{event=node-kill#2} < 3s',
      'no event node-kill#2 in this run; there is scale-out#1, node-kill#1',
    ],
    ['delivery.lost{cause=node-kill#2} == 0', 'no cause node-kill#2'],
    ['delivery.lost{node=n9} == 0', 'no node n9'],
    ['delivery.lost{node=n5} == 0', 'no samples'],
    ['delivery.lost{channel=constructor} == 0', 'no channel constructor'],
    ['latency.p99{channel=constructor} < 1s', 'no channel constructor in this run; there is scores'],
    ['balance.maxOverMean{at=finish} < 2', 'no moment finish in this run; there is start'],
    ['recovery.p50{event=scale-out#1} < 3s', 'none was affected'],
    ['recovery.rebalance{event=scale-out#1} < 10s', 'had more than 1.1 times the mean'],
    ['affinity.remappedShare{event=node-kill#1} < 10%', 'no client reconnected while its node was there'],
    ['affinity.routedToDraining{event=node-kill#1} == 0', 'no node was drained'],
    ['recovery.timeTo100{event=node-drain#1} < 30s', 'too few of the affected clients reconnected'],
  ])('%s fails with nothing to judge', (expression, reason) => {
    const gate = judged(expression)
    expect(gate).toMatchObject({ outcome: 'fail', value: null })
    expect(gate.reason).toContain(reason)
  })

  test('clients that never reconnected are the slowest', () => {
    // 50 of 2,500 are missing: 2 %.
    expect(judged('recovery.p95{event=node-drain#1} < 1s').outcome).toBe('pass')
    expect(judged('recovery.p99{event=node-drain#1} < 1s')).toMatchObject({ outcome: 'fail', value: null })
    expect(judged('recovery.max{event=node-drain#1} < 1s')).toMatchObject({ outcome: 'fail', value: null })
  })

  test('with nothing due, losses cannot be judged', () => {
    const nothing = { ...result, delivery: { ...result.delivery, due: 0, lost: 0 } }
    expect(judged('delivery.lost == 0', nothing)).toMatchObject({
      outcome: 'fail',
      value: null,
      reason: 'no samples',
    })
    expect(judged('delivery.due > 0', nothing)).toMatchObject({ outcome: 'fail', value: 0 })
  })

  test('no samples fail a latency gate', () => {
    const fromPlannedSend = { ...result.latency.fromPlannedSend, count: 0, p99: 0 }
    const silent = { ...result, latency: { ...result.latency, fromPlannedSend } }
    expect(judged('latency.p99 < 250ms', silent)).toMatchObject({
      outcome: 'fail',
      value: null,
      reason: 'no samples',
    })
  })

  test('a value just past its limit is written with enough digits to show it', () => {
    const fromPlannedSend = { ...result.latency.fromPlannedSend, p99: 250_200 }
    const decided = withoutOverhead(result)
    const near = { ...decided, latency: { ...decided.latency, fromPlannedSend } }
    expect(judged('latency.p99 < 250ms', near).reason).toBe('p99 250.2 ms, limit 250 ms')
    expect(judged('latency.p99 < 3s').reason).toBe('p99 1.30 ms, limit 3 s')
  })
})
