import { describe, expect, test } from 'vitest'
import { assembleResult } from '../assemble/assemble.js'
import type { Result } from '../result.js'
import { counts, sampleRecord } from '../testing/sample-record.js'
import { type ComparedCell, type Comparison, exitOf, outcomeOf, overallOutcome } from './comparison.js'
import { differencesOf } from './differences.js'
import { figures } from './figures.js'
import { rank } from './ranking.js'
import { areApart, spreadOf } from './spread.js'

/** The sample's figures but for what is given; real parts, all gates held. */
function result(
  changes: { lost?: number; p99?: number; outcome?: Result['verdict']['outcome'] } = {},
): Result {
  const { lost = 0, p99 = 1_000, outcome = 'pass' } = changes
  const sample = assembleResult(sampleRecord())
  return {
    ...sample,
    cluster: { ...sample.cluster, broker: { ...sample.cluster.broker!, isEmbedded: false } },
    delivery: { ...sample.delivery, due: 1_000_000, lost },
    latency: { ...sample.latency, intended: { ...sample.latency.intended, p99 } },
    verdict: { outcome, reasons: [], attributedTo: [] },
  }
}

function cell(name: string, ...runs: Result[]): ComparedCell {
  return { name, runs, failures: [] }
}

function comparison(cells: readonly ComparedCell[], changes: Partial<Comparison> = {}): Comparison {
  const tool = { name: 'wsbench', version: '0.1.0' } as const
  const matrix = { scenario: 'x', overrides: [], axes: [], repeats: 2 }
  return { version: 1, kind: 'comparison', tool, matrix, isInterrupted: false, cells, ...changes }
}

describe('the spread over repeats', () => {
  test.each([
    [[5], { median: 5, least: 5, most: 5, runs: 1 }],
    [[9, 1, 4], { median: 4, least: 1, most: 9, runs: 3 }],
    [[10, 2, 4, 8], { median: 6, least: 2, most: 10, runs: 4 }],
    [[null, 3], { median: 3, least: 3, most: 3, runs: 1 }],
    [[null], null],
    [[], null],
  ])('%j', (values, spread) => {
    expect(spreadOf(values)).toEqual(spread)
  })

  test.each([
    [[1, 2], [3, 4], true],
    [[3, 4], [1, 2], true],
    [[1, 3], [3, 4], false],
    [[1, 9], [3, 4], false],
    [[1], [3, 4], null],
  ])('%j and %j: apart %s', (one, other, apart) => {
    expect(areApart(spreadOf(one)!, spreadOf(other)!)).toBe(apart)
  })
})

test('recovery is that of the worst event, from the hand-made sample', () => {
  // node-kill#1: all 2,500 back, 500 of them after 1.9 s. node-drain#1: 50 of 2,500 never came back.
  expect(figures.recoveryP95.read(result())).toBeCloseTo(1_900_000, -4)
  expect(figures.recoveryMax.read(result())).toBe(Number.POSITIVE_INFINITY)
  expect(figures.maxOverMean.read(result())).toBeCloseTo(1.29, 2)
  expect(figures.lostPerMillion.read(result({ lost: 40 }))).toBe(40)
})

describe('ranking', () => {
  test('by loss, then p99; best and noise by figure', () => {
    const cells = [
      cell('a', result({ lost: 10, p99: 100 }), result({ lost: 30, p99: 120 })),
      cell('b', result({ lost: 0, p99: 300 }), result({ lost: 2, p99: 310 })),
      cell('c', result({ lost: 5, p99: 110 }), result({ lost: 35, p99: 130 })),
    ]
    const { groups, unranked } = rank(comparison(cells))
    expect(unranked).toEqual([])
    expect(groups.map((group) => group.cells.map((summary) => summary.cell.name))).toEqual([['b', 'a', 'c']])
    const readings = Object.fromEntries(
      groups[0]!.readings.map(({ figure, ...reading }) => [figure, reading]),
    )
    expect(readings.lostPerMillion).toEqual({ best: ['b'], noise: [] })
    expect(readings.p99).toEqual({ best: ['a'], noise: ['c'] })
    expect(readings.maxOverMean).toEqual({ best: ['a', 'b', 'c'], noise: [] })
  })

  test('single runs claim no noise', () => {
    const { groups } = rank(comparison([cell('a', result({ p99: 100 })), cell('b', result({ p99: 101 }))]))
    expect(groups[0]!.readings.find(({ figure }) => figure === 'p99')).toMatchObject({
      best: ['a'],
      noise: [],
    })
  })

  test('a cell with one invalid run is not ranked, whatever the others say', () => {
    const cells = [
      cell('a', result(), result({ outcome: 'invalid' })),
      cell('b', result({ outcome: 'fail' })),
    ]
    const { groups, unranked } = rank(comparison(cells))
    expect(groups.flatMap((group) => group.cells.map((summary) => summary.cell.name))).toEqual(['b'])
    expect(unranked.map((summary) => summary.cell.name)).toEqual(['a'])
  })

  test('embedded parts, other machines and, among saved results, other loads stand apart', () => {
    const real = result()
    const embedded = {
      ...real,
      cluster: { ...real.cluster, balancer: { ...real.cluster.balancer, isEmbedded: true } },
    }
    const elsewhere = { ...real, environment: { ...real.environment, host: 'bench-2' } }
    const plan = { ...real.scenario.plan, seed: 43 }
    const otherSeed = { ...real, scenario: { ...real.scenario, plan } }
    const groupsOf = (other: Result, changes?: Partial<Comparison>) =>
      rank(comparison([cell('embedded', other), cell('real', real)], changes)).groups
    expect(groupsOf(embedded).map((group) => group.embedded)).toEqual([[], ['balancer']])
    expect(groupsOf(elsewhere)).toHaveLength(2)
    expect(groupsOf(otherSeed, { matrix: null })).toHaveLength(2)
    expect(groupsOf(otherSeed)).toHaveLength(1)
    expect(differencesOf([real, otherSeed, elsewhere])).toEqual([
      { path: 'seed', values: ['42', '43'] },
      { path: 'machine.host', values: ['bench-1', 'bench-2'] },
    ])
  })
})

test('the outcome is the gravest there is, and exits as run would', () => {
  const failures = [{ exit: 'setup', message: 'no port' } as const]
  expect(outcomeOf(cell('a'))).toBe('not run')
  expect(outcomeOf(cell('a', result(), result({ outcome: 'fail' })))).toBe('fail')
  expect(outcomeOf({ ...cell('a', result({ outcome: 'invalid' })), failures })).toBe('setup')
  const outcome = overallOutcome(comparison([cell('a', result()), cell('b', result({ outcome: 'fail' }))]))
  expect([outcome, exitOf(outcome), exitOf('setup'), exitOf('not run')]).toEqual([
    'fail',
    'gate',
    'setup',
    'interrupted',
  ])
  expect(overallOutcome(comparison([cell('a', result())], { isInterrupted: true }))).toBe('interrupted')
})

test('nothing due has no loss rate', () => {
  const { delivery } = sampleRecord()
  const empty = assembleResult(sampleRecord({ delivery: { ...delivery, total: counts({}) } }))
  expect(figures.lostPerMillion.read(empty)).toBeNull()
})
