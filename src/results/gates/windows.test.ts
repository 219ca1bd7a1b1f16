import { describe, expect, test } from 'vitest'
import { assembleResult } from '../assemble/assemble.js'
import type { TimelineRow } from '../result.js'
import { histogram, sampleRecord } from '../testing/sample-record.js'
import { withoutOverhead } from '../testing/without-overhead.js'
import { judgeGate, parseGate } from './gates.js'

const result = withoutOverhead(assembleResult(sampleRecord()))

/** 60 s of the sample's phases, with 100 messages of 1 ms received in every second, but for `changes`. */
function judged(expression: string, changes: Readonly<Record<number, Partial<TimelineRow>>> = {}) {
  const quiet = result.timeline[0]!
  const timeline = Array.from({ length: 75 }, (_, index): TimelineRow => {
    const second = index - 10
    const usual = { ...quiet, tMs: second * 1000, sent: 10, lost: 0, connects: 0, disconnects: 0 }
    return { ...usual, histogram: histogram([[1_000, 100]]), ...changes[second] }
  })
  return judgeGate(parseGate(expression), { ...result, timeline })
}

const slow = { histogram: histogram([[80_000, 100]]) }

describe('a gate over windows', () => {
  test('passes if each window passes, and names the nearest to the limit', () => {
    const gate = judged('latency.p99 < 50ms over 10s')
    expect(gate).toMatchObject({ outcome: 'pass', value: 1_000 })
    expect(gate.reason).toBe('p99 1.00 ms in 0 s–10 s, limit 50 ms')
  })

  test('fails by one window that the whole run would hide, and names it', () => {
    const gate = judged('latency.p90 < 50ms over 5s', { 30: slow })
    expect(gate).toMatchObject({ outcome: 'fail', reason: 'p90 80.1 ms in 26 s–31 s, limit 50 ms' })
  })

  test('merges the seconds of a window exactly, without those before it', () => {
    // One second in ten: a tenth of the samples is slow, so p90 is still fast, p91 not.
    expect(judged('latency.p90 < 50ms over 10s', { 30: slow }).outcome).toBe('pass')
    expect(judged('latency.p95 < 50ms over 10s', { 30: slow }).outcome).toBe('fail')
    expect(judged('latency.max < 50ms over 10s', { 3: slow }).reason).toContain('in 0 s–10 s')
    expect(judged('latency.count == 1000 over 10s', { 30: slow }).outcome).toBe('pass')
    expect(judged('latency.min < 2ms over 10s', { 30: slow }).outcome).toBe('pass')
  })

  test('leaves out warm-up and what follows the measure phase', () => {
    expect(judged('latency.max < 50ms over 1s', { [-1]: slow, 60: slow }).outcome).toBe('pass')
    expect(judged('latency.max < 50ms over 1s', { 59: slow }).outcome).toBe('fail')
  })

  test('of a phase: windows stay within one of its spans', () => {
    // steady is 0–10 s and 55–60 s.
    expect(judged('latency.max{phase=steady} < 50ms over 5s', { 54: slow, 10: slow }).outcome).toBe('pass')
    expect(judged('latency.max{phase=steady} < 50ms over 5s', { 55: slow }).reason).toContain('55 s–1m')
    expect(judged('latency.max{phase=steady} < 50ms over 20s')).toMatchObject({
      outcome: 'fail',
      reason: 'no 20 s in a row were measured',
    })
    expect(judged('latency.max{phase=none} < 50ms over 5s').reason).toContain('no phase none in this run')
  })

  test('on copies received and on disconnects', () => {
    const received = Object.fromEntries(
      Array.from({ length: 75 }, (_, index) => [index - 10, { received: 7 }]),
    )
    const stalled = { ...received, 30: { received: 0 }, 31: { received: 0 } }
    expect(judged('delivery.received > 0 over 2s', received)).toMatchObject({ outcome: 'pass', value: 14 })
    expect(judged('delivery.received > 0 over 2s', stalled).reason).toContain('received 0 in 30 s–32 s')
    expect(judged('delivery.received == 420', received).outcome).toBe('pass')
    expect(judged('delivery.received{phase=warmup} == 70', received).outcome).toBe('pass')
    const cut = { 20: { disconnects: 3 }, 21: { disconnects: 4 }, [-1]: { disconnects: 9 } }
    expect(judged('connections.disconnects < 7 over 2s', cut).reason).toContain('disconnects 7 in 20 s–22 s')
    expect(judged('connections.disconnects == 7', cut).outcome).toBe('pass')
  })

  test('a window without samples fails', () => {
    const silent = Object.fromEntries([20, 21, 22].map((second) => [second, { histogram: null }]))
    expect(judged('latency.p99 < 50ms over 3s', silent)).toMatchObject({
      outcome: 'fail',
      value: null,
      reason: 'no samples in 20 s–23 s',
    })
    expect(judged('latency.p99 < 50ms over 4s', silent).outcome).toBe('pass')
    expect(judged('latency.count > 0 over 3s', silent)).toMatchObject({ outcome: 'fail', value: 0 })
  })

  test.each([
    ['delivery.lost < 5 over 10s', { 20: { lost: 3 }, 29: { lost: 3 } }, 6, '20 s–30 s'],
    ['delivery.lost < 7 over 9s', { 20: { lost: 3 }, 29: { lost: 3 } }, 3, '12 s–21 s'],
    ['published.sent >= 20 over 2s', { 40: { sent: 4 } }, 14, '39 s–41 s'],
    ['connections.reconnects <= 9 over 2s', { 40: { connects: 5 }, 41: { connects: 5 } }, 10, '40 s–42 s'],
    ['delivery.lost == 0 over 1s', { 40: { lost: 1 } }, 1, '40 s–41 s'],
    ['delivery.lost != 1 over 1s', { 40: { lost: 1 } }, 1, '40 s–41 s'],
  ])('%s', (expression, changes, value, where) => {
    const gate = judged(expression, changes)
    expect(gate.value).toBe(value)
    expect(gate.reason).toContain(where)
  })
})
