import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { widthOf } from '../../base/text-width.js'
import { assembleResult } from '../../results/assemble/assemble.js'
import type { RunRecord } from '../../results/run-record.js'
import { samplePlan } from '../../results/testing/sample-plan.js'
import { counts, histogram, sampleRecord } from '../../results/testing/sample-record.js'
import { runFacts } from '../facts/run-facts.js'
import { latencyShape } from './latency-shape.js'
import { runSummary } from './summary.js'

const result = (changes: Partial<RunRecord> = {}) => assembleResult(sampleRecord(changes))
const render = (changes: Partial<RunRecord> = {}, columns = 80) =>
  runSummary(result(changes), { columns, color: false })

const gated = (...gates: string[]) => render({ plan: samplePlan({ gates }) }, 120)

const hard = '\u001b[31m负载均衡器🎉 '.repeat(5)
const [event] = sampleRecord().events
const cases: [string, Partial<RunRecord>][] = [
  ['the sample', {}],
  ['no gates', { plan: samplePlan({ gates: [] }) }],
  ['nothing happened', { events: [], ticks: [], workers: [], samples: [], plan: samplePlan({ chaos: [] }) }],
  [
    'much of everything',
    {
      plan: samplePlan({
        name: hard,
        notes: Array.from({ length: 3 }, () => hard),
        gates: Array.from({ length: 20 }, (_, index) => `latency.p99 < ${index + 1}00µs`),
      }),
      events: Array.from({ length: 6 }, (_, index) => ({
        ...event!,
        id: `node-kill#${index}${hard}`,
        failure: hard,
      })),
      incidents: { ...sampleRecord().incidents, faults: Array.from({ length: 3 }, () => hard) },
    },
  ],
]

describe.each(cases)('%s', (_, changes) => {
  test.each([80, 120])('fits a terminal of %i × 24 with a prompt, coloured or not', (columns) => {
    const plain = render(changes, columns)
    const lines = plain.trimEnd().split('\n')
    expect(lines.length, plain).toBeLessThanOrEqual(22)
    expect(Math.max(...lines.map(widthOf)), plain).toBeLessThanOrEqual(columns)
    expect(stripVTControlCharacters(runSummary(result(changes), { columns, color: true }))).toBe(plain)
  })

  test('says the verdict first and last', () => {
    const lines = render(changes).trimEnd().split('\n')
    const verdict = /^[✓✗?◼] (PASS|FAIL|INVALID|INTERRUPTED)/
    expect(lines[0]).toMatch(verdict)
    expect(
      lines
        .slice(-3)
        .find((line) => verdict.test(line))
        ?.split('  ')[0],
    ).toBe(lines[0]!.split('  ')[0])
  })
})

test('the figures are those of the full report', () => {
  const words = new Set(
    Object.values(runFacts(result())).flatMap((block) => [
      ...block!.facts.map(({ value }) => value),
      ...block!.items.map(({ value }) => value),
      ...[...(block!.table ? [block!.table] : []), ...block!.tables].flatMap(({ rows }) =>
        rows.flatMap(({ cells }) => cells.map(({ value }) => value)),
      ),
    ]),
  )
  const text = render({}, 120)
  const figures = {
    lost: /lost +([\d,]+) /,
    'lost by cause': /node-kill#1: ([\d,]+)/,
    p50: /p50 (\S+ ms)/,
    p99: /p99 (\S+ ms) ·/,
    downtime: /downtime p95: (\S+ m?s)/,
    disconnected: /([\d,]+) disconnected · recovery/,
    lag: /event-loop lag p99: (\S+ ms)/,
    note: /notes +(.+)/,
  }
  for (const [name, pattern] of Object.entries(figures)) {
    expect(words, name).toContain(pattern.exec(text)?.[1])
  }
})

test('gates that failed stand before those that passed', () => {
  const gates = Array.from({ length: 30 }, (_, index) => `latency.p99 < ${index + 10}00ms`)
  const lines = gated(...gates, 'delivery.lost == 0').split('\n')
  const passed = lines.findIndex((line) => line.includes('gates passed: 30 of 31'))
  expect(lines[passed + 1]).toMatch(/^ {2}✗ delivery\.lost == 0 +lost 5,790, must be 0/)
  expect(lines[passed + 2]).toMatch(/^ {2}✓ latency\.p99/)
})

describe('a loss that no gate forbids is said to be allowed', () => {
  test.each([
    ['no gate at all', [], 'no gate on delivery.lost'],
    ['gates on other things', ['latency.p99 < 1s'], 'no gate on delivery.lost'],
    [
      'one class',
      ['delivery.lostInFlight < 100'],
      'no gate on delivery.lostOnDisconnect, delivery.lostWhileOffline',
    ],
    ['one cause', ['delivery.lost{cause=node-kill#1} < 9k'], 'no gate on delivery.lost{cause=node-drain#1}'],
    ['one phase', ['delivery.lost{phase=steady} == 0'], 'no gate on delivery.lost'],
    ['a gate that can not be parsed', ['delivery.lsot == 0'], 'no gate on delivery.lost'],
  ])('%s', (_, gates, words) => {
    expect(gated(...gates).replaceAll(/\s+/g, ' ')).toContain(`allowed: ${words}`)
  })

  test.each([['delivery.lost < 9k'], ['delivery.lostShare < 1%'], ['delivery.availability > 99%']])(
    'not with %s',
    (gate) => {
      expect(gated(gate)).not.toContain('allowed')
    },
  )

  test('not without a loss', () => {
    const total = counts({ planned: 6, due: 6, delivered: 6 })
    expect(render({ delivery: { ...sampleRecord().delivery, total, byCause: {} } })).not.toContain('allowed')
  })
})

test('the shape of latencies: high where most are, a low stroke where few, nothing where none', () => {
  const [worker] = sampleRecord().workers
  const fromPlannedSend = [
    {
      phase: 'steady',
      channel: 'scores',
      histogram: histogram([
        [1000, 900],
        [10_000, 100],
        [100_000, 1],
      ]),
    },
  ]
  const { latency } = result({
    workers: [{ ...worker!, histograms: { ...worker!.histograms, fromPlannedSend } }],
  })
  expect(latencyShape(latency.fromPlannedSend, 21)).toBe(`█${' '.repeat(9)}▁${' '.repeat(9)}▁`)
})
