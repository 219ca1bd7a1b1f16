import { describe, expect, test } from 'vitest'
import { assembleResult } from '../assemble/assemble.js'
import type { Result } from '../result.js'
import { counts, sampleRecord } from '../testing/sample-record.js'
import { type ComparedCell, type Comparison, exitOf, outcomeOf, overallOutcome } from './comparison.js'
import { differencesOf } from './differences.js'
import { figures } from './figures.js'
import { rank } from './ranking.js'
import { spreadOf } from './spread.js'

const sample = assembleResult(sampleRecord())

/** The sample's figures but for what is given; real parts, all gates held. */
function result(
  changes: { lost?: number; p99?: number; outcome?: Result['verdict']['outcome'] } = {},
): Result {
  const { lost = 0, p99 = 1_000, outcome = 'pass' } = changes
  return {
    ...sample,
    cluster: { ...sample.cluster, broker: { ...sample.cluster.broker!, isEmbedded: false } },
    delivery: { ...sample.delivery, due: 1_000_000, lost },
    latency: { ...sample.latency, fromPlannedSend: { ...sample.latency.fromPlannedSend, p99 } },
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
    [[], null],
  ])('%j', (values, spread) => {
    expect(spreadOf(values)).toEqual(spread)
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
  /** Five runs around a p99, or with losses, that vary by a few per cent. */
  const runs = (changes: { lost?: number; p99?: number }) =>
    [0.98, 0.99, 1, 1.01, 1.02].map((factor) =>
      result({ lost: Math.round((changes.lost ?? 0) * factor), p99: (changes.p99 ?? 1_000) * factor }),
    )
  const places = ({ groups }: ReturnType<typeof rank>) =>
    groups.map(({ cells }) => cells.map((summary) => [summary.cell.name, summary.rank]))
  const readings = ({ groups }: ReturnType<typeof rank>) =>
    Object.fromEntries(groups[0]!.readings.map(({ figure, ...reading }) => [figure, reading]))

  test('by loss, then p99; cells of which no difference is shown share a rank', () => {
    const ranking = rank(
      comparison([
        cell('a', ...runs({ lost: 200, p99: 100 })),
        cell('b', ...runs({ lost: 0, p99: 300 })),
        cell('c', ...runs({ lost: 201, p99: 101 })),
        cell('d', ...runs({ lost: 200, p99: 500 })),
      ]),
    )
    expect(ranking.unranked).toEqual([])
    expect(places(ranking)).toEqual([
      [
        ['b', 1],
        ['a', 2],
        ['c', 2],
        ['d', 4],
      ],
    ])
    expect(readings(ranking)).toMatchObject({
      lostPerMillion: { best: ['b'], alike: [] },
      p99: { best: ['a'], alike: ['c'] },
      maxOverMean: { best: [], alike: ['a', 'b', 'c', 'd'] },
    })
  })

  test('a difference below 5 % does not matter, however sure it is', () => {
    const ranking = rank(
      comparison([cell('a', ...runs({ p99: 10_000 })), cell('b', ...runs({ p99: 10_450 }))]),
    )
    expect(places(ranking)).toEqual([
      [
        ['a', 1],
        ['b', 1],
      ],
    ])
    expect(readings(ranking).p99).toEqual({ best: [], alike: ['a', 'b'] })
  })

  test('who never came back is behind whoever did', () => {
    const never = result()
    const back = { ...never, events: never.events.slice(0, 2) }
    const ranking = rank(comparison([cell('never', never, never, never), cell('back', back, back, back)]))
    expect(readings(ranking).recoveryMax).toEqual({ best: ['back'], alike: [] })
  })

  test.each([1, 2])('%i runs of a cell rank nothing: cells stay as they were given', (repeats) => {
    const of = (name: string, p99: number) =>
      cell(name, ...Array.from({ length: repeats }, () => result({ p99 })))
    const { groups } = rank(comparison([of('b', 900), of('a', 100)]))
    expect(groups).toMatchObject([{ cells: [{ rank: null }, { rank: null }], readings: [] }])
    expect(groups[0]!.cells.map((summary) => summary.cell.name)).toEqual(['b', 'a'])
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

test('the outcome is the worst of all, with the exit code that run would have', () => {
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
